"""Sentences that ask for nothing of ours become no lead, whatever is said after them."""

from __future__ import annotations

from sqlalchemy import func, select

from offhook.contracts.conversation import ConversationState, TurnDone, TurnInput
from offhook.desks.registry import build_desks
from offhook.desks.sales.tables import leads
from offhook.dialogue.engine import DialogueEngine
from offhook.kit.closing import closing
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.unit_of_work import unit_of_work_factory
from support.set_clock import SetClock

UNRELATED = """
what's the weather in pune tomorrow
my sister turned 20 last month
i paid 50 thousand for a bike
book me a table for four at eight
who won the match yesterday
kal barish hogi kya
mera bhai 25 saal ka hai
tell me a joke
play some music
i have two kids and a dog
the train leaves in 20 minutes
call the police
i need a doctor
order a pizza for 6 people
what is the capital of france
do you like cricket
aaj mausam kaisa hai
ek gaana sunao
mujhe neend aa rahi hai
50 rupaye ka recharge kar do
send 500 rupees to my mother
what is 20 times 30
my phone bill is 800
i live on the 5th floor
remind me at 6
meri shaadi agle mahine hai
we are going to goa next month
rent is 15 thousand a month
he scored 99 runs
my password is 12345
can you write a poem
translate hello into spanish
is this the bank
main ghar ja raha hoon
my car broke down
i want an oil change
book a flight to delhi next week
hotel for 3 people in goa, budget 10 thousand
ten thousand people came to the rally
i am 30 years old
gold price today
bitcoin is at 90 thousand
send me your salary slip
asdf qwer zxcv
12345
!!!
haan
no
ok
hmm
the meeting is next month
20 log aaye the shaadi mein
budget speech was boring
the finance minister announced the budget yesterday
i read about it in the newspaper
happy new year
kya haal hai
thank you so much
are you single
how old are you
""".strip().splitlines()

NAMES_OURS = {"send me your salary slip"}
"""Speaks of something for sale by one of its names: the desk may ask what is wanted."""


async def test_unrelated_sentences_become_no_lead(sqlite_database: Database, clock: SetClock) -> None:
    units = unit_of_work_factory(sqlite_database, clock)
    engine = DialogueEngine(build_desks(), units, clock, brain="rules")
    business = await SqlBusinesses(sqlite_database, clock).default("sales")
    begun: list[str] = []
    for number, sentence in enumerate(UNRELATED):
        state = ConversationState(
            session_id=f"sess_{number}", business_id=business.business_id, desk="sales", channel="chat"
        )
        for turn, said in enumerate(("", sentence, "yes", "yes")):
            source = "text" if turn else "greeting"
            async with closing(engine.run(state, TurnInput(f"t{turn}", source, said), business)) as outputs:  # type: ignore[arg-type]
                async for output in outputs:
                    if isinstance(output, TurnDone):
                        engine.committed(state, output.state, TurnInput(f"t{turn}", source, said), business)  # type: ignore[arg-type]
                        state = output.state
            if turn == 1 and state.pending is not None and state.pending.intent == "lead.note":
                begun.append(sentence)
    await engine.aclose()
    async with sqlite_database.transaction(write=False) as connection:
        assert (await connection.execute(select(func.count()).select_from(leads))).scalar_one() == 0
    assert set(begun) <= NAMES_OURS
