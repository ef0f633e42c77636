"""Takes nothing, gives common given names, by which a name of a person is told from other labels of two words.

The names most often given in the United States by the census of 1990 and the yearly tables of the Social Security Administration,
and frequent Spanish ones. Names that are also words, places or surnames of institutions (Grace, Mark, Austin, Jordan, Francis) are left
out: a label that begins with one of them is far more often a program or a building than a person.
"""

_NAMES = (
    "aaron abigail adam adriana aisha alan albert alejandro alex alexander alexandra alexis alice alicia allison alyssa "
    "amanda amber amy ana andrea andrew angela anita ann anna anne annie anthony antonio arthur ashley barbara benjamin "
    "bernard bernice betty beverly bobby bonnie bradley brandon brenda brian brittany bruce bryan carl carla carlos carmen "
    "carol caroline carolyn catherine cathy charles cheryl chloe chris christina christine christopher cindy connie craig "
    "cynthia daniel danielle darlene david deborah debra denise dennis derek diana diane diego donald donna doris dorothy "
    "douglas dylan edith edward eileen elaine elena eleanor elizabeth ellen emily emma eric erica erin ernest esther ethan "
    "eugene evelyn fatima fernando fiona frances fred frederick gabriel gabriela gail gary george gerald geraldine gladys "
    "gloria gregory hannah harold harry heather hector helen henry herbert howard ian irene isabel isabella jacob jacqueline "
    "jaime jamal jamie jane janet janice jason javier jean jeff jeffrey jennifer jeremy jerry jesse jessica jim jimmy joan "
    "joanne joe joel john johnny jonathan jorge jose josé joseph joshua joyce juan juanita judith judy julia julie justin "
    "karen karl katherine kathleen kathryn kathy katie kayla keith kelly kenneth kevin kim kimberly kristen kristin kyle "
    "larry laura lauren lawrence leonard leslie lillian linda lisa lois lori louis louise lucas lucia luis lynn manuel marcia "
    "marcus margaret maria maría marie marilyn mario marjorie martha martin marvin mary matthew megan melanie melissa michael "
    "michelle miguel mike mildred mohammed monica nancy natalie nathan nicholas nicole norma olivia oscar pablo pamela "
    "patricia patrick paul paula pedro peggy peter philip phillip phyllis rachel ralph ramon randy raymond rebecca ricardo "
    "richard robert roberta roger ronald rosa rosemary roy russell ruth ryan sally samantha samuel sandra sara sarah scott "
    "sean sergio shannon sharon sheila shirley sofia sophia stephanie stephen steve steven stuart susan suzanne sylvia tamara "
    "tammy teresa terry theresa thomas tiffany timothy tina todd tommy tony tracy travis tyler valerie vanessa veronica vicki "
    "victor vincent vivian walter wanda wayne wendy william winifred zachary "
)
GIVEN_NAMES = tuple(_NAMES.split())
