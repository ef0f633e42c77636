"""Takes nothing, gives what makes a place, a program or an organization of what would be a person's name: words, as expressions of RE2."""

from __future__ import annotations

STATES = "A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ALN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"  # without ID, which stands before ids
LABELS = (
    r"(?i)\b(?:other|self|no|none|not|non|unspecified|specified|unknown|mixed|current|recurrent|severe|moderate|mild|early|late|acute|chronic|"
    r"adult|adults|adolescents?|youth|teens?|women|men|evening|morning|day|virtual|hybrid|online|person|group|track|program|level|phase|"
    r"iop|php|mental|health|behavioral|substance|alcohol|opioids?|stimulants?|use|abuse|dual|diagnosis|disorders?|depress\w*|anxiety|"
    r"bipolar|trauma|ptsd|ocd|adhd|psychosis|psychotic|schizo\w*|eating|mood|major|general\w*|complex|clinic|center|centre|"
    r"hospital|campus|site|north|south|east|west|medicaid|medicare|commercial|private|public|insurance|plan|hmo|ppo|inc|llc|"
    r"county|court|school|family|physician|provider|agency|community|inpatient|outpatient|emergency|residential)\b"
)

# What makes a place, a program or an organization of a person's name.
PLACES = (
    LABELS[: -len(r")\b")]
    + r"|street|office|foundation|services?|healthcare|care|recovery|treatment|therapy|counseling|wellness|institute|memorial|medical|university|college|"
    r"church|heights|beach|unit|team|project|cohort|curriculum|intensive|skills|support|river|referral|visit|line|hancock)\b"
)
_STATE_NAMES = (
    "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|"
    "Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New [A-Z][a-z]+|North [A-Z][a-z]+|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|South [A-Z][a-z]+|"
    "Tennessee|Texas|Utah|Vermont|Washington|West Virginia|Wisconsin|Wyoming"
)
IN_A_STATE = f"(?-i:[a-z], ?(?:{STATES}|ID|{_STATE_NAMES})$)"  # a town, as written: Roe, Al is none
# Persons after whom programs, payers and hospitals are called by their bare names.
NAMED_AFTER = (
    PLACES
    + r"|(?i)\b(?:ryan white|martin luther king|walter reed|albert einstein|henry ford|john muir|john deere|sarah cannon|betty ford|harriet tubman|rosa parks|thomas jefferson|"
    r"george washington|george mason|ann arbor|jim thorpe|st\.?|saint|san|santa)\b"
)
