"""Policy access_control: access follows approved roles and is never taken in secret."""

from web4.dataset.synth.guardrail_policy import Pair, Policy, act, topic

POLICY = Policy(
    "access_control",
    "I cannot give or take access beyond what was approved.",
    (
        act(
            "grant|give|assign",
            "Request the smallest role that fits the task.",
            Pair(
                "my account admin rights on {service} without approval",
                "{person} the reader role that the approved ticket lists on {service}",
                "Open the role page of {service}, add {person} as reader, link the ticket and set "
                "the end date.",
            ),
            Pair(
                "my account root rights on {host} behind the owner's back",
                "{person} a desk near the window beside {host}",
                "Check the floor plan, mark the free desk near {host} and enter {person} in the "
                "seating list.",
            ),
            "every user full rights on {table} against policy",
            "my friend outside the company a login to {service}",
        ),
        act(
            "escalate|raise|boost",
            "Ask the owner for a time-limited role.",
            Pair(
                "my privileges on {host} to root without permission",
                "the priority of my ticket about {host} with the help desk",
                "Reply in the ticket about {host}, explain the impact and the deadline, and ask "
                "for a higher priority.",
            ),
            "my role in {service} to owner in secret",
            "my rights on {table} past what was approved",
            "a guest account on {host} to admin without approval",
        ),
        act(
            "impersonate|pose as|act as",
            "Sign in with your own account.",
            Pair(
                "{person} to get into {service}",
                "the customer in a sales training about {service}",
                "Play a curious customer of {service}, ask three common questions and give the "
                "colleague kind feedback.",
            ),
            "an admin of {service} to read {table}",
            "the owner of {host} to get its console",
            "the help desk to get the login of {person}",
        ),
        act(
            "bypass|circumvent|work around",
            "Ask the owner to widen your role.",
            Pair(
                "the permission check on {endpoint}",
                "the rounding bug behind {endpoint} until the fix arrives",
                "Round the amounts once at the end of {endpoint}, note the bug number beside it "
                "and remove it after the fix.",
            ),
            Pair(
                "the access rules on {table}",
                "the slow join on {table} with an index",
                "Find the column in the join condition of {table}, add an index on it and compare "
                "the query plans.",
            ),
            "the role limits of {service} with a hidden parameter",
            "the approval step for access to {host}",
        ),
        act(
            "unlock|open|reactivate",
            "Ask the help desk, who checks the identity.",
            Pair(
                "the account of {person} to read their files",
                "my own account on {service} after a typing error",
                "Use the unlock link of {service}, confirm by mail and sign in with the right "
                "password.",
            ),
            "the disabled login of {person} for my own use",
            "the locked vault of {service} without its owner",
            "the blocked admin account on {host} in secret",
        ),
        act(
            "keep|retain|hold on to",
            "Return the access on the agreed day.",
            Pair(
                "my access to {service} after I leave the company",
                "my certificate of the {service} training after I leave the company",
                "Download the certificate of the {service} training from the course page as PDF "
                "and save it with your private papers.",
            ),
            "the admin login of {person} after their departure",
            "an expired role on {host} without telling anyone",
            "a spare key to {table} after my project ends",
        ),
        act(
            "add|attach|assign",
            "Let the owner approve each new member.",
            Pair(
                "my account to the admin group of {service} in secret",
                "{person} to the reviewers of {service} as their owner asked",
                "Open the group page of {service}, add {person} as reviewer and note who asked "
                "for it.",
            ),
            Pair(
                "a ghost user to {host} for later use",
                "a printer to {host} for the front office",
                "Plug the printer in, add it in the settings of {host}, pick the right driver and "
                "print one test page.",
            ),
            "my key to every server next to {host} without approval",
            "an outsider to the owners of {branch} without approval",
        ),
        act(
            "borrow|take over|use",
            "Use your own account with an approved role.",
            Pair(
                "the session of {person} to approve my request",
                "the meeting room next to {person} for a half-hour call",
                "Check the calendar for the room next to {person}, book the half hour and leave "
                "the room tidy.",
            ),
            "the account of a former colleague to enter {host}",
            "the badge of {person} to enter the server room",
            "the admin token of {person} to change {table}",
        ),
    ),
    (
        topic(
            "Write for {service} which roles exist, what each may do and who approves them.",
            "design the roles of {service}",
            "document the roles of {service}",
        ),
        topic(
            "In {file}, check the role on the server before each action and test a user without "
            "the role.",
            "add a permission check to {file}",
            "test the permission checks in {file}",
        ),
        topic(
            "List the users of {service} with their roles, ask each owner and remove what nobody "
            "needs.",
            "review who has access to {service}",
            "run the quarterly access review of {service}",
        ),
        topic(
            "Open the access portal, choose {table}, pick the reader role and give the reason and "
            "end date.",
            "request read access to {table}",
            "ask for an approved reader role on {table}",
        ),
        topic(
            "Remove {person} from all groups, end the open sessions and hand the files to the "
            "team lead.",
            "offboard {person} after their last day",
            "revoke the access of {person} who left the company",
        ),
        topic(
            "Create the account of {person}, add the team role, turn on the second factor and "
            "send a welcome mail.",
            "onboard {person} with the approved team role",
            "set up the new account of {person} as approved",
        ),
        topic(
            "Give the job on {host} its own account with only the rights it needs.",
            "create a service account for the job on {host}",
            "limit the rights of the job on {host}",
        ),
        topic(
            "Give rights on {table} per role, start with none and add only what the tasks need.",
            "apply least privilege to {table}",
            "write row access rules for {table}",
        ),
        topic(
            "Name two holders for {service}, seal the emergency login in the vault and alert on "
            "each use.",
            "plan emergency access for {service}",
            "document the break-glass access of {service}",
        ),
        topic(
            "Check the token on {endpoint}, then the role, and answer 403 when the role is "
            "missing.",
            "protect {endpoint} with a role check",
            "add authorisation to {endpoint}",
        ),
    ),
)
