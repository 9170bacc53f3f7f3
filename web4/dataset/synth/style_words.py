"""The open vocabulary of the style records and how names are composed from it."""

import random

from web4.dataset.synth.splits import Split, in_split
from web4.dataset.synth.typescript_names import Identifier
from web4.dataset.synth.typescript_types import Member, ValueType

MAX_NAME = 22
_ACRONYM_SHARE = 0.17


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split())


QUALIFIERS = _split(
    "active archived audited billed blocked booked cached cloned daily delayed digital "
    "direct draft external fast fixed flagged foreign frozen global grouped guest hidden hourly "
    "idle imported indexed initial inner internal joint latest linked live local locked main "
    "managed manual master merged minor mobile monthly native nested offline online open outer "
    "paid parsed partial pending pinned plain primary private public queued raw recent regional "
    "remote rented saved scoped secure sent shared signed simple sorted spare static stored "
    "tagged temporary tracked trusted typed verified virtual visible weekly yearly"
)
SUBJECTS = _split(
    "account address agent alarm album answer apartment article asset auction author badge "
    "bank basket battery bike block blog board book booking bridge broker bucket budget bus cable "
    "calendar camera campaign car card cargo cart category channel chapter chart city claim class "
    "client clinic color comment company contact contract country coupon course courier crop "
    "currency customer dealer deposit desk device doctor document domain donor door driver "
    "email employee engine event expense farm field file film fleet flight folder form forum "
    "freight fuel game garden gate gift grade grant graph guest guide harbor hotel house "
    "image invoice island item job journal key kitchen label lab lane lease ledger "
    "lesson letter library license loan lock log machine mail map market meal member menu message "
    "meter mission model movie museum node note notice office offer order packet page panel "
    "parcel parking part patient payment permit phone photo pipeline plane plan plant player "
    "plugin policy poll port post price printer product project quota quote race rack radio recipe "
    "refund region rental repair report request review ride river road robot role room route rule "
    "salary sale school score screen seat sensor server session ship shop signal site skill song "
    "speaker stage station stock store storm stream street student survey table tank target "
    "task tax team tenant test theme thread ticket tool topic tour tower track trade train "
    "transfer trip truck user vault vehicle vendor venue video visit voice voucher wallet "
    "warehouse weather window worker zone"
)
ACRONYMS = _split(
    "API CLI CPU CSS CSV DNS GPU HTML HTTP HTTPS IOR IP JSON JWT PDF REST SQL SSH TCP TLS UDP UI "
    "URL UUID XML"
)
DATA_ROLES = _split(
    "batch bundle detail draft entry history info limit link metric offer option overview preset "
    "preview profile range ratio record request result sample schedule setting slot snapshot "
    "source spec state summary tag target template usage version view"
)
CHOICE_ROLES = _split(
    "category channel color format kind layout level mode phase priority rank reason result role "
    "scope severity stage state status style theme tier trend variant"
)
DEPENDENCY_ROLES = ("store", "gateway", "client", "source", "cache", "queue", "reader", "vault")
SERVICE_ROLES = (
    "service", "sync service", "export service", "import service", "search service",
    "lookup service", "audit service", "quota service", "report service", "backup service",
)  # fmt: skip
FAULTS = _split(
    "blocked closed corrupt denied duplicate empty expired invalid locked missing outdated "
    "overdue overflow rejected revoked stale suspended timeout unknown unavailable"
)
ALIAS_ROLES = _split("key code index lookup names totals weights labels tags path values ids")
MAP_ROLES = _split("limits labels colors sizes defaults delays codes weights titles rates prices")
TEXT_ROLES = _split("label title caption line path key heading text entry summary")
ATTEMPTS = _split("import export lookup update check search request upload transfer payment sync")
CHOICES = _split(
    "active amber basic black blue bold bronze busy cheap clean closed cold compact copper "
    "custom daily dark done draft dry east empty fast final free fresh full gold gray green hard "
    "heavy hidden high hot idle inner large late light live local locked long loose low major "
    "medium minor mixed narrow new north old online open outer paid partial past pending plain "
    "premium quiet rapid rare raw ready red remote round sent sharp short silver slow small soft "
    "solid sorted south square steady stopped strict strong trial urgent vacant visible warm "
    "waiting weak west wet wide yellow"
)
VERBS = (
    "load", "read", "save", "send", "open", "close", "lock", "check", "count", "update", "remove",
    "create", "print", "archive", "accept", "import", "export", "approve", "sign", "track",
)  # fmt: skip
_TYPED: dict[ValueType, str] = {
    "string": "name,label,title,email,city,street,note,color,currency,owner,author,code,token,"
    "base URL,client IP,request UUID,host name,file path,user name,phone number,first name,"
    "last name,display name,zip code,time zone,content type,locale,region,origin,comment,"
    "status text,sort key,log level,image URL,callback URL,street name,country code,summary",
    "number": "age,size,count,price,amount,weight,height,width,length,depth,score,rating,total,"
    "limit,offset,retry count,page size,unit price,tax rate,max length,item count,batch size,"
    "latitude,longitude,speed,volume,capacity,balance,priority,rank,version,duration,level,"
    "CPU load,error rate,port number,step size,row count,seat count,start index",
    "boolean": "active,enabled,visible,locked,verified,archived,required,dirty,paid,online,"
    "is open,is ready,has access,is hidden,is default,has errors,is frozen,is remote,has stock",
    "Date": "created at,updated at,expires at,start date,end date,due date,birth date,sent at,"
    "paid at,opened at,closed at,last login,valid from,valid until,shipped at,signed at",
    "string[]": "tags,labels,roles,names,emails,cities,notes,colors,scopes,keywords,aliases,topics,"
    "file names,allowed hosts,user names,skills,languages,members,regions,groups",
}
_PARAMETERS: dict[ValueType, str] = {
    "string": "id,key,code,name,path,query",
    "number": "limit,index,page",
    "Date": "since,day",
    "string[]": "ids",
}


def _typed(pools: dict[ValueType, str]) -> tuple[Member, ...]:
    return tuple(
        Member(Identifier.of(text), kind)
        for kind, names in pools.items()
        for text in names.split(",")
    )


MEMBERS = _typed(_TYPED)
VALUE_TYPES: tuple[ValueType, ...] = tuple(_TYPED)
PARAMETERS = _typed(_PARAMETERS)


def chance(rng: random.Random, share: float) -> bool:
    """Tell, at random, whether to do what a share of the records does."""
    return rng.random() < share


def compose(rng: random.Random, split: Split, *pools: tuple[str, ...]) -> Identifier:
    """Draw one word a pool until the name is short, has no word twice and lies in the split.

    In some of the names that have a subject, an acronym stands in its place.
    """
    acronym = chance(rng, _ACRONYM_SHARE)
    while True:
        drawn = (ACRONYMS if acronym and pool is SUBJECTS else pool for pool in pools)
        name = Identifier.of(" ".join(rng.choice(pool) for pool in drawn))
        words = [word.lower() for word in name.words]
        distinct = len(dict.fromkeys(words)) == len(words)
        if distinct and len(name.pascal) <= MAX_NAME and in_split(name.phrase, split):
            return name


def data_name(rng: random.Random, split: Split) -> Identifier:
    """Draw the name of a thing that holds data."""
    if chance(rng, 0.5):
        return compose(rng, split, SUBJECTS, DATA_ROLES)
    return compose(rng, split, QUALIFIERS, SUBJECTS)


def members(
    rng: random.Random, least: int, most: int, kinds: tuple[ValueType, ...] = VALUE_TYPES
) -> tuple[Member, ...]:
    """Draw ``least`` to ``most`` distinct members of the given types."""
    count = rng.randint(least, most)
    chosen: dict[str, Member] = {}
    while len(chosen) < count:
        kind = rng.choice(kinds)
        member = rng.choice([entry for entry in MEMBERS if entry.type == kind])
        chosen.setdefault(member.name.camel, member)
    return tuple(chosen.values())
