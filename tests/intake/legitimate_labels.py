"""Takes nothing, gives 760 labels and ids as intensive outpatient programs write them, none of a person, by the column they stand in."""


def _lines(text):
    return [part.strip() for line in text.strip().splitlines() for part in line.split(";") if part.strip()]


TRACKS = _lines("""
Adult Mental Health; Adolescent Mental Health; Dual Diagnosis; Co-Occurring Disorders; Substance Use; Substance Use - Evening; SUD IOP; MH IOP; IOP 3x/week; IOP 3 hrs/day
Women's Trauma; Women's Group; Men's Recovery; Young Adult (18-25); Older Adult 65+; Perinatal IOP; Perinatal Mood; Postpartum; Eating Disorders; Eating Disorder Day Track
DBT; DBT, Adult; DBT Skills A; DBT-A; CBT for Psychosis; First Episode Psychosis; Psychosis Track 2; Trauma, Complex; Trauma Recovery; PTSD; OCD/Anxiety; Anxiety & Depression
Bipolar and Mood; Mood Disorders; LGBTQ+ Affirming; Veterans; First Responders; Healthcare Professionals; Chronic Pain; Gambling; Opioid Use Disorder; MAT/MOUD; Alcohol Only
Stimulant Use; Level 2.1; Level II.1; ASAM 2.1; ASAM Level 2.5; ASAM 1.0; ASAM 3.1; ASAM 3.5; ASAM 3.7; ASAM 4.0; ASAM 0.5; Level 1-WM; Level 2-WM; OTP; PHP 5x/week
PHP step-down; 90-day; 12-week program; 8 Week Mindfulness; 24/7 Crisis; 3 Day Track; 5 Day; 9-hour; 16 hours; Phase 1; Phase II; Cohort 3; Cohort 2024; Cohort 2024-A; Class of 2023
Matrix Model; Seeking Safety; Hope Rising; New Beginnings; Fresh Start; Second Chance; Bridge Program; Harbor Light; Turning Point; Next Step; Safe Harbor; Pathways; Journey; Phoenix Track
Grace Period; April Cohort; May Group; Summer Intensive; Spring 2024; Winter Session; Mark 2 Curriculum; Faith Based; Joyful Living; Will to Live; Art Therapy; Drew Program; Rose Track
Early Recovery; Relapse Prevention; Stage 2 Recovery; Morning Track; Evening Track; Virtual IOP; Telehealth AM; Hybrid PM; Spanish Language; En Español; Track A; Track B1; α-track; Track #4
Neurodiverse; Autism & Anxiety; ADHD Skills; Grief and Loss; Young Mothers; Fathers in Recovery; Drug Court; Mental Health Court; DUI/DWI Level 2; Reentry; Tribal Wellness; Rural Outreach
Family Systems; Parenting; Suicide Prevention; Self-Harm Track; Borderline PD; Dialectical Living; ACT for Anxiety; MBCT Group; EMDR Intensive; TMS + IOP; Ketamine-Assisted; HIV+ Support
Grupo de la mañana; Tagesklinik; Hôpital de jour; Dépression et anxiété; Διπλή διάγνωση; 강박장애; 精神科デイケア; RO-DBT; DBT-PE; CPT Track; 4x3; 3h x 4d; Sat AM; Cohort Mar 2024; Jan-Mar 2024; Weeks 5-8; Week 1-4 Stabilization
Vivitrol 380 mg; Spravato 84 mg; Ketamine 0.5 mg/kg; Sertraline 50-100; Suboxone 8-2; Therapist 1; Clinician 0042; Dr. group; Team Blue; 12 Step Circle; Fellow's group
""")

SITES = _lines("""
North; South Campus; North Campus; Downtown; Main St. Clinic; Oak Street Clinic; Elm House; Maple Center; Riverside; Lakeview Hospital; St. Mary's; St Luke's; Mercy West; Mt. Sinai East
Martin Luther King Clinic; Mary Washington Hospital; John Hopkins Campus; Robert Wood Johnson Hospital; Charlotte Campus; Austin Clinic; Jackson County; Madison Center; Jordan House
Virginia Beach; San Jose; Santa Maria; Fort Worth; Saint Paul; Grand Rapids; Las Vegas; Los Angeles; New Haven; Building 7; Building C; Suite 200; Unit 4B; Wing 3 East; Floor 2
site-12-3456; SITE_01; S01; S-014; 05A123; 001; 0042; 12; Clinic 3; Clinic, North; Clinic A-2; Region 4; Zone 9; NW-2; ORD1; BHC-01; HUB/2; Center 100; Room 12A; Pod B; Bldg 4 Rm 12
Harbor House; Grace House; Hope Center; Faith Campus; Victoria Center; Helen Ross Center; James River Campus; St. James; Francis House; William Street Office; Lincoln Park; Washington Heights
Telehealth; Remote; Mobile Unit 2; School-Based; Jail Diversion; Outreach Van; CMHC 7; FQHC-12; VA Medical Center; VAMC 528; Tribal Health; Army Community Hospital; Campus 1600; 42nd Street
Fifth Avenue; 5th Avenue Clinic; Highway 9 Office; Broadway; Park Place; Sunset Drive; Hill Road Office; Kings Way; Pine Court; Meadow Lane; Ocean Blvd; Route 66 Center; West 34th
Paris, TX; Portland, ME; Springfield, IL; Columbus, Ohio; Athens, Georgia; Charleston, South Carolina; Martin Luther King; Walter Reed; Ann Arbor; Rosa Parks Campus; Helen Keller Hospital; St. John of God; San Antonio
125th Street; 7th Ave Clinic; 5 North; 1st Floor; PS 118; Hwy 101 Center; 3 Rivers; Telehealth - CA; Hospital No. 3; Clinic #: 12
""")

PAYERS = _lines("""
Medicaid; Medicare; Medicare, Part B; Medicare Advantage; Blue Cross; BCBS 2024; BCBS PPO; Aetna HMO; Cigna; United Healthcare; UHC Community; Optum; Magellan; Beacon; Carelon; Humana
Kaiser; Tricare; Tricare Prime; VA; CHAMPVA; Self-pay; Self Pay; Sliding Scale; Charity Care; Other, Commercial; Commercial; Managed Medicaid; Medi-Cal; MassHealth; TennCare; Workers Comp
No Insurance; Uninsured; County Funded; State Funded; Block Grant; SAMHSA 2.0; 60054; 87726; 00590; PPO 80/20; HMO Plan 4; Plan G; EAP; Anthem; Molina; Centene; Amerigroup; WellCare
John Hancock; Mutual of Omaha; Oscar Health; Ambetter; Health Net; HIP 2.0; ACA Silver 94; Grant 17-042; Contract 2023-07; DOC Contract; IHS 638; Court Ordered; Private Pay; Unknown
Ryan White; Aetna Better Health; MVP; Medicaid MCO; Medicare A/B; Medicare Part C; 1115 waiver; H79TI081234; H1234-001; R5342; SX109; 12K89; Plan ID 60054; Policy 2024; EAP 6 visits; Grant 5; HDHP 5000/10000
""")

DIAGNOSES = _lines("""
F10.10; F10.20; F10.21; F10.229; F11.20; F11.21; F11.23; F12.10; F12.20; F13.20; F14.20; F15.20; F16.10; F17.210; F18.10; F19.20; F20.0; F20.9; F22; F23; F25.0; F25.1; F25.9; F28; F29
F30.10; F31.0; F31.12; F31.30; F31.81; F31.9; F32.0; F32.1; F32.2; F32.9; F32.A; F33.0; F33.1; F33.2; F33.40; F33.9; F34.0; F34.1; F39; F40.00; F40.10; F41.0; F41.1; F41.9; F42.2; F42.9
F43.10; F43.12; F43.20; F43.23; F43.8; F44.9; F45.1; F50.00; F50.01; F50.2; F50.81; F50.9; F51.01; F53.0; F60.3; F60.9; F63.0; F64.0; F84.0; F90.0; F90.2; F91.3; F94.1; F99; R45.851; Z91.51
T14.91XA; O99.345; Z59.00; Z62.810; 296.33; 29633; 303.90; 30390; 304.00; 309.81; 300.02; 295.70; bipolar, current; Depression, Major; PTSD, Complex; Schizophrenia, Paranoid; F32.9/F41.1; 6A70.1
6C40.2; 6B40; MDD, Recurrent; MDD single; GAD; Alcohol, Severe; Opioid Use, Mild; Mood Disorder NOS; F33.1 + F10.20; DSM-5 296.32; SNOMED 370143000; Axis I only; None; Deferred; Unspecified
F43.81; F34.81; G47.00; 6A60.Z; MB26.A; 296.3x; F32-F33; See chart; BPD traits; V62.84; 38341003
""")

LEVELS = _lines("""
90791; 90792; 90832; 90834; 90837; 90846; 90847; 90853; 90785; 99213; 99214; 99484; 96127; 96130; H0001; H0004; H0005; H0015; H0018; H0019; H0020; H0031; H0035; H0038; H0050; H2010; H2011
H2012; H2019; H2036; S0201; S9475; S9480; S9484; T1006; T1007; G0176; G0177; G0396; G0410; G0411; G2067; 0905; 0906; 0912; 0913; RC 0905; CPT 90853; HCPCS H0015; HCPCS S9480-HQ; H0015-TG
iop; php; php-iop; 2.1; 2.5; 1; 3.1; Level 0.5; 9 h/week; 9-12 hrs; 15+ hours; 3 x 3 h; M/W/F; T-Th; Mon-Fri 9-12; AM (9:00-12:00); PM 17:30-20:30; twice weekly; 5 days/week; Half-day
90832-95; 90837 GT; 90834/90785; 99204-25; H0015 x3; H2021-HQ; POS 10; TOB 013X; REV-0912; J2315
""")

SOURCES = _lines("""
Court; Probation/Parole; self; Family; Family, Self; ED 24/7; ED; Crisis Line; 988; 911; 211; PCP; School/college; school; Employer; EAP; Inpatient; Inpatient unit 4; Detox; Residential
Psychiatrist; Therapist; Dr. office; Physician Office; Nurse line; Web; Social media; Insurance; VA; CPS; DCF; Drug Court; Faith leader; Friend; Alumni; Walk-in; Call center; ACT team; Mobile crisis
Crisis text line 741741; Facebook; Instagram ad; Psychology Today; Returned <30 days; Probation - county; Drug court; Alumni referral; Inpatient 5N; NAMI
""")

AGES = _lines("""
18-25; 26-39; 40-64; 65+; 26 to 39; 90+; 90 or older; >=90; under 18; <18; 80-89; 13-17; 0-17; 18 - 24; 25–34; 12 to 17 yrs; teens; adult; older adult; 55 plus
""")

PERIODS = _lines("""
2024-Q1; 2024 Q2; Q3 2024; 2024; 2024-03; 2024/03; 2023/24; 2023-2024; FY24; FY2024; FY 2023-24; H1 2024; Q1; 2019-Q2; 2024-12; Mar 2024; 2024 Spring; Year 2; T1 2024; 2024M03
""")

ZIP3 = _lines("""
100; 101; 104; 112; 021; 022; 606; 607; 900; 902; 941; 972; 980; 303; 331; 752; 770; 852; 000; 191; 152; 432; 481; 551; 631; 641; 701; 733; 800; 841; 891; 967; 995; 010; 014; 060; 070; 088; 197; 208
""")

IDS = _lines("""
P00001; P-00017; 00123; 000000123; 1e5; A-17-0042; A-17-0043; 12345678; 20240001; 20241999; E123456789; E-2024-0117; 1234567; ep_000123; EP/2023/0042; IOP-2024-00017; iop24-017; MH24-1207
SUB-001-0042; SUBJ1042; 101-0042; 101-042-A; 01-0042; S01-P0042; S1_P42_E3; R01-117; STUDY-A-00017; ABC123; X7Q2; K9-0042; 7F3A2; a1b2c3d4; 0a1b2c3d; deadbeef; 9f86d081; 4c2f-11aa; Zq7-0001
20240131-ceea-467f-ab3a-1c2d3e4f5a6b; f47ac10b-58cc-4372-a567-0e02b2c3d479; 6ba7b810-9dad-41d1-80b4-00c04fd430c8; 2024.017; 2023_0042; 24-0042; 24/0042; C2024-17; 100234.1; 100234-02; 42; 7
PT0001; PT-17; pt_0042; client-42; C00042; C42E3; ENC100042; VIS-42; 3-14-0159; 12-3456; 2024-061; 5-17; 1-2-3; 10-20-30; 00-17; 1042A; 1042B; 0042_2; n17; row 17; id 17; #17; No. 17; 99001122334
blue.whale.7; V1StGXR8_Z5; 001.002.003; 12345-678; 1234567-8; 42170-3; 1-2-24; 12-17-42; 3-5-07; 0042.0001.0017; 101-000042; 110ec58a-a0f2-4ac4-8393-c866d813b8d1
""")

LABELS = {
    "track": TRACKS, "site": SITES, "payer": PAYERS, "primary_dx": DIAGNOSES, "level_of_care": LEVELS, "referral_source": SOURCES, "age_group": AGES, "period": PERIODS,
    "zip3": ZIP3, "patient_id": IDS,
}  # fmt: skip
