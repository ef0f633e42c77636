"""Takes nothing, gives the names that vulture finds no use of in the package and that stay, each with its reason.

vulture iop_outcomes tools/vulture_allowed.py
"""

# Called by a library, by name.
_.help  # click reads the help of a flag
_.text_factory  # SQLite makes text by it
_.handle_starttag  # the parser of HTML
_.handle_endtag  # the same
_.handle_data  # the same
_.handle_startendtag  # the same
_.handle_comment  # the same
attrs  # the same
_.StartElementHandler  # the parser of XML
_.StartDoctypeDeclHandler  # the same
_.EndElementHandler  # the same
_.CharacterDataHandler  # the same
_.buffer_text  # the same
_.data_type  # openpyxl writes a cell by it
_.keep_with_next  # python-docx writes a paragraph, a page and the properties of a file by these
_.space_before
_.space_after
_.alignment
_.rgb
_.orientation
_.page_width
_.page_height
_.author
_.comments
_.created
_.language
_.last_modified_by
_.list_commands  # click asks a group for its commands
_.get_command  # the same
_._render_traceback_  # IPython shows an error of ours in one line
_.writelines  # Python and libraries, of standard error
__getattr__  # Python, of a module's names that are loaded when they are asked for
__dir__  # Python, of the same
_.__init_subclass__  # Python, when somebody derives a class from what is released

# Properties of pages, paragraphs, slides and members of an archive, which libraries of Office files and zipfile write.
_.alignment
_.base_style
_.bottom_margin
_.create_system
_.crop_bottom
_.crop_top
_.external_attr
_.footer_distance
_.header_distance
_.keep_with_next
_.language_id
_.left_indent
_.left_margin
_.line_spacing
_.margin_bottom
_.margin_left
_.margin_right
_.margin_top
_.page_break_before
_.page_height
_.page_width
_.rgb
_.right_margin
_.slide_height
_.space_after
_.space_before
_.top_margin
_.vertical_anchor
_.word_wrap

# Columns of every frame, read by name; two of grouping and the adjustment stand empty in a comparison by one column.
_.group_2
_.level_2
_.adjustment

# What a person asks of a scale; and where one of its figures was found.
_.is_case
_.prorated_total
_.sample

# Figures of pooled studies, read by name from their tables.
_.cov_ratio
_.dfbeta
_.limit_low
_.limit_high
_.prediction_high
_.q_df
_.q_p
_.residual_df
_.tau2_low
_.tau2_high

# Forms of a report that notebooks ask for by name.
_.to_json

# What a person asks of an answer, for other programs.
_.to_ard
_.to_measure_report
# What IPython asks of a section, before its HTML.
_._repr_mimebundle_
WORSE_WORDS  # colours of the page, which its style sheet repeats and a test holds against them
WORSE_GROUND
