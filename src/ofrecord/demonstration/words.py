"""The words from which the story takes names, notes and reasons. All people and partners are invented."""

from typing import Final

GIVEN: Final = (
    "Adaeze", "Aiko", "Alejandra", "Amara", "Amit", "Ana", "Andre", "Anika", "Antonio", "Arjun", "Beatriz", "Benjamin",
    "Bianca", "Calvin", "Camila", "Carmen", "Cecilia", "Chen", "Chloe", "Claire", "Dalia", "Daniel", "Darnell", "David",
    "Deborah", "Diego", "Dmitri", "Elena", "Elijah", "Emeka", "Emily", "Esther", "Ethan", "Farah", "Felix", "Fiona",
    "Gabriel", "Grace", "Hana", "Hassan", "Helen", "Henry", "Imani", "Ines", "Isaac", "Ivan", "Jamal", "Jasmine",
    "Jerome", "Joanna", "Joel", "Jorge", "Julia", "Kavya", "Keiko", "Kevin", "Kwame", "Laila", "Lars", "Latoya",
    "Leon", "Lin", "Louise", "Lucas", "Mai", "Marcus", "Margaret", "Maria", "Mateo", "Maya", "Mei", "Miguel", "Mina",
    "Nadia", "Naomi", "Nathan", "Nikhil", "Noor", "Olga", "Oliver", "Omar", "Oscar", "Pablo", "Patricia", "Paul",
    "Priya", "Rachel", "Rafael", "Rebecca", "Rohan", "Rosa", "Ruth", "Samir", "Samuel", "Sandra", "Sara", "Simone",
    "Sofia", "Stephen", "Sunita", "Tariq", "Teresa", "Thomas", "Tomas", "Valerie", "Victor", "Vivian", "Wei", "Yara",
    "Yusuf", "Zainab", "Zoe",
)  # fmt: skip
FAMILY: Final = (
    "Abbott", "Abdi", "Acosta", "Adeyemi", "Ahmed", "Almeida", "Andersen", "Asante", "Bailey", "Banerjee", "Barnes",
    "Becker", "Bennett", "Bianchi", "Boateng", "Brooks", "Campbell", "Cardoso", "Carlson", "Chan", "Chavez", "Cohen",
    "Cooper", "Costa", "Dalton", "Das", "Delgado", "Desai", "Diaz", "Donovan", "Dubois", "Ellis", "Espinoza", "Evans",
    "Farouk", "Fischer", "Flores", "Foster", "Fujita", "Gallagher", "Garcia", "Ghosh", "Gomez", "Graham", "Greene",
    "Gupta", "Haddad", "Hansen", "Harper", "Hayes", "Herrera", "Hoffman", "Howard", "Huang", "Ibrahim", "Iyer",
    "Jackson", "Jansen", "Jensen", "Johansson", "Kaplan", "Katz", "Keller", "Khan", "Kim", "Kowalski", "Kumar",
    "Larsen", "Lee", "Lindgren", "Lopez", "Marino", "Martin", "Medina", "Mehta", "Mendes", "Meyer", "Mitchell",
    "Morales", "Mwangi", "Nakamura", "Nguyen", "Novak", "Nwosu", "O'Brien", "Okafor", "Ortega", "Osei", "Park",
    "Patel", "Pereira", "Petrov", "Quinn", "Rahman", "Ramirez", "Reed", "Rivera", "Rossi", "Russo", "Salazar",
    "Sanders", "Santos", "Sato", "Schmidt", "Sharma", "Silva", "Singh", "Sullivan", "Suzuki", "Tanaka", "Torres",
    "Tran", "Turner", "Vargas", "Vogel", "Walker", "Wallace", "Wang", "Watanabe", "Weber", "Wright", "Yilmaz", "Young",
    "Zhang", "Ziegler",
)  # fmt: skip

# A partner's name is one of each; the first ones are those that the demonstration signs in as.
PARTNER_FIRST: Final = (
    "Meridian", "Harbor Lane", "Copperfield", "Blue Heron", "Granite State", "Lakeview", "Prairie", "Cascade",
    "Old Mill", "Summit Ridge", "Redwood", "Juniper", "Cedar Point", "Bright Harbor", "Stonebridge", "Foxglove",
    "Ironwood", "Tidewater", "Silver Birch", "Elm Street", "Fairmont", "Kestrel", "Larkspur", "Magnolia", "North Fork",
    "Oak Hollow", "Pine Barrens", "Quarry Road", "River Bend", "Sandpiper", "Thornton", "Union Square", "Vista",
    "Willow Creek", "Yellow Barn", "Amber", "Beacon Hill", "Canyon", "Driftwood", "Evergreen", "Flint", "Greenway",
    "Highline", "Island", "Jasper", "Keystone", "Longleaf", "Maple", "Northgate", "Orchard",
)  # fmt: skip
PARTNER_LAST: Final = (
    "Systems", "Consulting", "Technology Group", "Partners", "Advisors", "IT", "Solutions", "Networks", "Works",
    "Associates",
)  # fmt: skip
ABOUT_PARTNER: Final = (
    "We move mail and files of mid-sized companies into hosted services and stay their help desk afterwards.",
    "Two consultants and a bench of trainers; our customers are firms of ten to two hundred people.",
    "Infrastructure house with a practice for messaging and conferencing in regulated industries.",
    "Managed services for manufacturers: we run their desktops, their network and now their mail.",
    "We train people. The software is the easy part, and we would like to recommend yours.",
    "A regional integrator with offices in four states and a long list of branch-office customers.",
    "Former in-house administrators who now do migrations for law firms and accountants.",
)
REFUSALS: Final = (
    "The application names no person who would be answerable for customers, and our letters came back.",
    "You resell a directory of leads and do not advise customers; the program is for partners that do.",
    "Your region is not open yet under the program. Please apply again when it is.",
)
NOTES: Final = (
    "As agreed on the phone: mail and portal first, conferencing once your people have been trained.",
    "The seats cover headquarters. The two plants follow when their lines are upgraded.",
    "We move the mailboxes over one weekend; nobody needs to do anything before Monday.",
    "This replaces your mail server. We keep the old one running for thirty days, just in case.",
    "Please confirm before the end of the month so that the price of the pilot can be kept simple.",
    "The number of seats comes from your list of last week. You can change it right here.",
    "",
    "",
    "",
)
SERVICES: Final = (
    ("Migration of mailboxes", "2400.00 USD", "once"),
    ("Training of your key users, one day", "1450.00 USD", "once"),
    ("Help desk for your people on business days", "390.00 USD", "monthly"),
    ("Set-up of the portal with your departments", "3200.00 USD", "once"),
    ("Quarterly review of accounts and permissions", "150.00 USD", "monthly"),
    ("Connection to your directory", "1800.00 USD", "once"),
)
QUESTIONS: Final = (
    "Can we start with half of the seats and add the rest after the pilot?",
    "Where is the data kept, and can our auditors see the center?",
    "Does the price change when we come to more than five hundred users?",
    "Who answers the phone on Saturdays, you or the vendor?",
    "Our fiscal year starts in July. Can we be billed once a year instead of every month?",
    "What happens to the mail of a person who leaves the company?",
    "We are asked for a purchase order number. Where does it go?",
)
DECLINES: Final = (
    "Our board has put off all moves to hosted services until next year.",
    "We stay with our own server; it was renewed in spring.",
    "The price is fine, the commitment of a year is not.",
    "We were bought, and our parent company brings its own.",
    "",
)
