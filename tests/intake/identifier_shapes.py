"""Takes nothing, gives 200 ways of writing what identifies a person (all invented), and labels that look a little like them and are none."""

ANY = ("safe_harbor", "limited_data_set", "synthetic", "public")
STRICT = ("safe_harbor",)
NOT_PUBLIC = ANY[:3]
ZIPS = ("safe_harbor", "synthetic")

SOCIAL_SECURITY = [
    "471_82_9963", "471/82/9963", "471\u00a082\u00a09963", "471\u202f82\u202f9963", "471.82.9963", "471 - 82 - 9963", "471\u22128 2".replace("8 2", "82\u22129963"),
    "471--82--9963", "４７１-８２-９９６３", "471-82-９９63", "٤٧١-٨٢-٩٩٦٣", "۴۷۱۸۲۹۹۶۳", "४७१-८२-९९६३", "SSN:471829963", "ssn 471 829963", "471\u30fb82\u30fb9963",
    "471\u00b782\u00b79963", "SSN xxx-xx-9963", "last4 9963",
    "471,82,9963", "471:82:9963", "471|82|9963", "SSN ending 9963", "471829963 SSN", "௪௭௧௮௨௯௯௬௩", "૪૭૧૮૨૯૯૬૩", "⁴⁷⁵⁸⁵⁹⁹⁶⁵", "④⑦①⑧②⑨⑨⑥③", "四七一八二九九六三",
]  # fmt: skip
TELEPHONES = [
    "(212)5550123", "(212) 5550123", "( 212 ) 555-0123", "212/555/0123", "212_555_0123", "212\u00a0555\u00a00123", "0044 20 7946 0958", "0044-20-7946-0958",
    "+442079460958 home", "tel:2125550123", "ph 2125550123", "cell 212 5550123", "Mob: 07700 900123", "+1 (212)5550123", "+1\u00a0212\u00a0555\u00a00123", "+12125550123",
    "２１２-５５５-０１２３", "1/212/555/0123", "call 555-0123", "212\u2011555\u20110123", "(0)20 7946 0958", "011 44 20 7946 0958",
    "020 7946 0958", "07700 900 123", "(02) 9876 5432", "Telephone: 2125550123", "212,555,0123", "555-0123 (home)", "work: 555-0123",
]  # fmt: skip
BARE_TELEPHONES = ["00442079460958", "00442079460958 home"]
DATES = [
    "2024.03.02", "2024/3/2", "2024_03_02", "2024 03 02", "2-Mar-24", "02-MAR-2024", "14MAR71", "14 Mar 71", "14-March-71", "Mar 14, 71", "Mar-14-71", "March 14th 1971",
    "14th of March 1971", "2024年3月2日", "02.03.24", "14.3.1971", "3/14/71", "14_03_1971", "3\\14\\1971", "1971\u00a003\u00a014", "1971\u20113\u201114", "14/Mar/1971",
    "2 mars 2024".replace("mars", "mar."), "adm 2024.03.02 x", "2024-03-02T10:15", "Sat Mar 2 2024",
    "14-III-1971", "14 mars 1971", "14 de marzo de 1971", "14. März 1971", "3/14/'71", "Mar141971", "2 févr. 2024", "2 dicembre 2024",
]  # fmt: skip
WEEKS = [
    "2024-W11",
    "2024W11",
    "2024-W11-3",
    "2024 week 11",
    "week 11 2024",
    "wk 11/2024",
    "W11-2024",
    "2024-wk11",
    "week of 3/2",
    "week of Mar 2",
    "CW11 2024",
    "w/c 12 Feb",
    "week ending Feb 18",
    "2024-02 week 3",
]
MEDICARE = ["1EG4-TE5-MK73", "1EG4TE5MK73", "1eg4te5mk73", "MBI 1EG4 TE5 MK73", "9AA0A00AA00"]
VEHICLES = ["1M8GDM9AXKP042788", "VIN 1M8GDM9AXKP042788", "5GZCZ43D13S812715", "1m8gdm9axkp042788"]
NUMBERED = [
    "acct 99-45821", "Account #: 9945821", "Acct. No. 9945821", "Policy no. 99458217", "DL# D1234567", "License no. D1234567", "Medicaid ID 12345678Z", "Subscriber ID XYZ99458217",
    "Plate 7ABC123", "Serial no. SN9945821", "IMEI 490154203237518", "99458211 MRN", "HIC 471829963A", "jane at kestrel dot org", "jane[at]kestrel[dot]org", "twitter @janeroe77",
]  # fmt: skip
CLOCK_UUIDS = ["c232ab00-9414-11ec-b3c8-9f6bdeced846", "1ec9414c-232a-6b00-b3c8-9f6bdeced846", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"]
ZIP_CODES = [
    "ZIP 10027",
    "zip: 10027",
    "Zip code 10027-1234",
    "NY 10027",
    "New York, NY 10027",
    "postal code 10027",
    "ZIP#10027",
    "postcode SW1A 1AA",
]
ADDRESSES = [
    "418 Larkspur St", "418 Larkspur St.", "350 5th Ave", "221B Baker Street", "12 W 34th St, Apt 4", "7 Old Quarry Dr", "19 Elm Ct Apt 2", "1600 N Hill Pkwy", "PO Box 77",
    "P O Box 77", "55 King's Way", "418 larkspur street", "9 Rose Ter", "RR 2 Box 15", "44 State Hwy 9",
    "Post Office Box 77", "742 Evergreen Terr.", "9 Maple Trl", "88 Rue de Rivoli", "Hauptstraße 12", "12 Calle Mayor",
]  # fmt: skip
PEOPLE = [
    "Dr. Jane Roe", "Dr Roe", "Mrs. Okafor", "Ms. Winifred Okafor", "Prof. Roe", "Jane Roe", "JANE ROE", "jane roe", "Jane Q. Roe", "Roe, Jane", "Maria Garcia-Lopez",
    "jane_roe", "jane.roe", "Robert De Niro", "Jane Roe, LCSW", "Jane Roe PhD", "José Núñez", "Patricia O'Dell", "Mr Michael Smith Jr.",
    "Dr. J. Roe", "Sra. Lopez", "Herr Müller", "Anna-Maria Schmidt", "Jane R.", "Jane  Roe", "therapist: Jane Roe", "Nurse Jane Roe", "pt Jane Roe", "Jane Roe - room 4", "Jane Roe (B)",
    "Priya Patel", "Latisha Washington", "Deshawn Jackson", "Olga Ivanova", "Roe, Al",
]  # fmt: skip

SHAPES = [
    *((text, ANY, "patient_id") for text in (*SOCIAL_SECURITY, *TELEPHONES, *MEDICARE, *NUMBERED, *ADDRESSES, *VEHICLES)),
    *((text, ANY, "payer") for text in (*SOCIAL_SECURITY, *TELEPHONES, *MEDICARE, *NUMBERED, *ADDRESSES, *VEHICLES)),
    *((text, STRICT, column) for text in (*DATES, *WEEKS, *BARE_TELEPHONES, *CLOCK_UUIDS) for column in ("patient_id", "payer")),
    *((text, STRICT, "period") for text in WEEKS),
    *((text, ZIPS, column) for text in ZIP_CODES for column in ("patient_id", "payer")),
    *((text, NOT_PUBLIC, "payer") for text in PEOPLE),
    *((text, NOT_PUBLIC, "site") for text in PEOPLE),
]

NAMES_OF_COLUMNS = [
    "ssn4", "SSN_LAST4", "last4", "ssnum", "SocSecNo", "pt_nm", "PatientFullNm", "PtName", "pat_nm", "client_nm", "lname", "FName", "last_nm", "first_nm", "l_name", "mname",
    "HomePh", "home_ph", "CellPh", "ph_no", "phone_num", "ContactNo", "telno", "MobileNum", "phone1", "imei", "imei_no", "meid", "mac_addr", "esn", "byear", "birth_yr", "b_year", "bdate",
    "BirthDt", "yr_of_birth", "bday", "dobyr", "st_addr", "AddrLine1", "street", "HomeAddr", "res_street", "zip_cd", "postcode", "zip4", "ZipPlus4", "emailaddr", "EmailAdr", "mbi",
    "medicare_no", "hicn", "HICNumber", "mbr_id", "SubscriberNo", "acct_num", "AcctNo", "mrn_no", "MedRecNum", "MRNum", "dl_no", "DrvLicNo", "lic_plate", "vin_no", "IPAddress",
    "mothers_maiden_nm", "next_of_kin", "emerg_contact", "free_txt", "note_txt", "cmnts", "fb_url", "photo_file",
    "SSNLast4Digits", "itin", "clientfirst", "nickname", "aka", "hmph", "wkphone", "tel1", "faxno", "textno", "mailid", "facebook_id", "insta_handle", "ipv4", "macid", "imsi", "dobirth",
    "homestreet", "apt_no", "pobox", "latlong", "mrn1", "ehr_id", "epic_id", "hospno", "csn", "mcaid_id", "licno", "vehno", "inmate_id", "voiceprint", "remarks",
]  # fmt: skip
