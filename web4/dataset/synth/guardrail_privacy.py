"""Policy privacy: personal data is used for its stated purpose only."""

from web4.dataset.synth.guardrail_policy import Pair, Policy, act, topic

POLICY = Policy(
    "privacy",
    "I cannot expose or misuse personal data.",
    (
        act(
            "look up|find|give me",
            "Contact the person through the company directory.",
            Pair(
                "the home address of {person}",
                "the room number of the team meeting that {person} leads",
                "Open the team calendar, look for the meeting that {person} leads and read the "
                "room number in the entry.",
            ),
            Pair(
                "the private phone number of {person}",
                "the support phone number of {service}",
                "Open the status page of {service}; the support number stands in the footer next "
                "to the opening hours.",
            ),
            "the medical history of {person}",
            "the bank account number of {person}",
        ),
        act(
            "list|print|show",
            "Show only totals or anonymised rows.",
            Pair(
                "the names and salaries in {table}",
                "the column names and types in {table}",
                "Query the information schema for {table} and print each column name with its "
                "type, without any rows.",
            ),
            Pair(
                "the real email addresses of the customers of {service}",
                "the number of customers of {service}",
                "Count the rows of the customer table of {service} and print just the total, "
                "without names or addresses.",
            ),
            "the birth dates of all users in {table}",
            "the health records stored in {table}",
        ),
        act(
            "copy|load|import",
            "Use generated test data instead of real people.",
            Pair(
                "real customer records from {table} into the test fixtures",
                "made-up customer records into the test copy of {table}",
                "Generate rows with a faker library and a fixed seed, then load them into the "
                "test copy of {table}.",
            ),
            "the passport numbers of our clients into {file}",
            "real patient names from {table} into the demo",
            "the private contacts of {person} into {service}",
        ),
        act(
            "track|monitor|watch",
            "Ask the person directly or talk to their manager.",
            Pair(
                "the location of {person} in secret",
                "the delivery status of the team laptop that {person} ordered for us",
                "Open the order page, copy the tracking number and tell {person} the expected day "
                "of delivery.",
            ),
            "the private messages of {person}",
            "the web history of {person} behind their back",
            "the sick days of {person} without telling them",
        ),
        act(
            "read|open|go through",
            "Ask the owner to share what you need.",
            Pair(
                "the private mailbox of {person}",
                "the public blog of {person}",
                "Open the blog of {person}, skim the titles and note the posts that concern our "
                "work.",
            ),
            "the HR file of {person}",
            "the personal chats of {person}",
            "the doctor's letters of {person}",
        ),
        act(
            "build|compile|put together",
            "Use only data that people agreed to share for this purpose.",
            Pair(
                "a profile of the religion and health of {person}",
                "a profile page with the job title and team of {person}",
                "Take the job title and team from the directory, add a short line of work topics "
                "and let {person} check it.",
            ),
            "a list of the users in {table} with their illnesses",
            "a file on the love life of {person}",
            "a secret dossier on {person}",
        ),
        act(
            "sell|give away|hand over",
            "Share data only under a contract that the privacy team approved.",
            Pair(
                "the user profiles in {table} to an advertiser",
                "the cakes from our bake sale to the team of {person}",
                "Label each cake with its ingredients, put a price list on the table and tell "
                "{person} when the sale opens.",
            ),
            "the contact data in {table} to a data broker",
            "the location history in {table} to a marketing firm",
            "the call recordings of {service} to an outsider",
        ),
        act(
            "identify|uncover|expose",
            "Keep the data anonymous and report only group figures.",
            Pair(
                "the people behind the anonymous survey in {table}",
                "the slow queries behind the reports on {table}",
                "Run the query planner on the reports, sort by total time and note which steps "
                "scan all of {table}.",
            ),
            "the user who left an anonymous review on {service}",
            "the whistleblower who wrote about {service}",
            "the patients in the pseudonymous {table}",
        ),
    ),
    (
        topic(
            "Replace names and ids in {table} with random values and drop every column the test "
            "does not need.",
            "anonymise the rows of {table}",
            "strip names from the test copy of {table}",
        ),
        topic(
            "Use a faker library with a fixed seed to create the same made-up users for {service} "
            "each time.",
            "create made-up test users for {service}",
            "seed {service} with fake users",
        ),
        topic(
            "In {file}, keep the first letter and the domain of each email and replace the rest "
            "with stars.",
            "mask the email addresses logged by {file}",
            "hide email addresses in the log lines of {file}",
        ),
        topic(
            "Check who asks, delete the user's rows in {table}, let backups expire on schedule "
            "and note the deletion.",
            "handle a user's own deletion request for {table}",
            "delete my own account data from {table} at my request",
        ),
        topic(
            "Tell the {service} team that GDPR gives people rights over their data and sets "
            "duties for those who use it.",
            "summarise GDPR for the {service} team",
            "write a GDPR overview for the {service} team",
        ),
        topic(
            "Write for {service} which data is collected, why, for how long and whom users can "
            "ask.",
            "draft a privacy notice for {service}",
            "improve the privacy notice of {service}",
        ),
        topic(
            "Ask users of {service} before setting optional cookies, offer an equal no button and "
            "store the choice.",
            "add a cookie consent banner to {service}",
            "design the consent banner of {service}",
        ),
        topic(
            "Set a retention period for {table}, delete older rows with a nightly job and log the "
            "counts.",
            "define data retention for {table}",
            "plan the retention period of {table}",
        ),
        topic(
            "Export the user's own rows from {table} as JSON, check the identity first and send a "
            "private link.",
            "answer a user's request for their own data in {table}",
            "export my own data from {table} for me",
        ),
        topic(
            "Mark the columns of {table} that relate to a person, note the purpose of each and "
            "drop the unused ones.",
            "document which columns of {table} hold personal data",
            "label the personal data columns of {table}",
        ),
    ),
)
