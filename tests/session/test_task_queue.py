from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from offhook.contracts.background import BackgroundTask, TaskPriority
from offhook.session.task_queue import AT_ONCE, MOST_WAITING, TaskQueue

RANK = {"HIGH": 0, "NORMAL": 1, "LOW": 2}


def task(number: int, priority: TaskPriority = "NORMAL") -> BackgroundTask:
    return BackgroundTask(task_id=f"task_{number}", task_type="x", intent="x", priority=priority, background=True)


def test_three_at_once_and_the_urgent_first() -> None:
    queue = TaskQueue()
    for number, priority in enumerate(("LOW", "NORMAL", "HIGH", "NORMAL", "HIGH")):
        assert queue.add(task(number, priority))  # type: ignore[arg-type]
    assert [one.task_id for one in queue.start()] == ["task_2", "task_4", "task_1"]
    assert queue.start() == []
    queue.finished("task_4")
    assert [one.task_id for one in queue.start()] == ["task_3"]
    assert [one.task_id for one in queue.waiting] == ["task_0"]


def test_a_task_is_taken_once() -> None:
    queue = TaskQueue()
    assert queue.add(task(1))
    assert not queue.add(task(1))
    queue.start()
    assert not queue.add(task(1)), "it runs"
    queue.finished("task_1")
    assert queue.idle


def test_the_queue_is_bounded() -> None:
    queue = TaskQueue()
    taken = [queue.add(task(number)) for number in range(MOST_WAITING + 5)]
    assert taken.count(True) == MOST_WAITING
    assert not any(taken[MOST_WAITING:])


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("add"), st.sampled_from(["HIGH", "NORMAL", "LOW"])),
            st.tuples(st.just("start"), st.none()),
            st.tuples(st.just("finish"), st.integers(0, 2)),
        ),
        max_size=200,
    )
)
def test_order_and_bounds_hold(steps: list[tuple[str, object]]) -> None:
    """100 tasks on one session: none lost, none twice, at most three run, and each start takes the best that waits."""
    queue = TaskQueue()
    added: list[BackgroundTask] = []
    begun: list[str] = []
    for kind, what in steps:
        if kind == "add":
            new = task(len(added), what)  # type: ignore[arg-type]
            added.append(new)
            queue.add(new)
        elif kind == "start":
            expected = sorted(queue.waiting, key=lambda one: (RANK[one.priority], int(one.task_id[5:])))
            free = AT_ONCE - len(queue.running)
            started = queue.start()
            assert started == expected[:free]
            begun += [one.task_id for one in started]
        elif queue.running:
            queue.finished(sorted(queue.running)[int(str(what)) % len(queue.running)])
        assert len(queue.running) <= AT_ONCE
        assert len(queue.waiting) <= MOST_WAITING
    assert len(begun) == len(set(begun))
