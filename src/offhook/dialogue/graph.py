"""The dialogue graph: check_notifications -> router -> the desk's agents -> respond.

Every node is a plain function `state, work -> delta` of `GraphState`; `Work` is what it may look at beside the state.
There is no checkpointer: the session store keeps the state, once, at the end of the turn.

The graph is declared once (`declare`) and is a LangGraph graph (`compiled`) for whoever draws, traces or embeds it. A
turn goes through it by `Walk`, which does what LangGraph's own executor does for a graph without parallel branches, at
a small part of its cost: with hundreds of calls the executor's bookkeeping costs more than the turns. A test holds the
two to the same answers.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from offhook.dialogue.brains.choice import Brains
from offhook.dialogue.desk import Desk, Work
from offhook.dialogue.late_writes import LateWrites
from offhook.dialogue.nodes import GraphState, Node, agent_node, notifications_node, respond, route, router_node
from offhook.dialogue.watch import Watch

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph
    from langgraph.runtime import Runtime

MOST_STEPS = 25
"""Nodes that one turn may go through."""

Follow = Callable[[GraphState], str]
Graph: TypeAlias = "CompiledStateGraph[GraphState, Work, GraphState, GraphState]"


@dataclass(frozen=True, slots=True)
class Declared:
    """A desk's graph: after "check_notifications" comes "router"; after it and each agent whatever `follow` names;
    "respond" is the end."""

    nodes: dict[str, Node]
    agents: tuple[str, ...]
    follow: Follow


def declare(desk: Desk, brains: Brains, late: LateWrites, watch: Watch) -> Declared:
    nodes: dict[str, Node] = {
        "check_notifications": notifications_node(late),
        "router": router_node(brains, watch),
        "respond": respond,
    }
    nodes.update({name: agent_node(name) for name in desk.agents})
    return Declared(nodes, tuple(desk.agents), _next(desk))


class Walk:
    """Takes turns through a declared graph."""

    def __init__(self, declared: Declared) -> None:
        self._declared = declared

    async def run(self, graph: GraphState, work: Work) -> GraphState:
        """The state at the end. Raises RuntimeError for a turn that does not come to it within `MOST_STEPS`."""
        nodes, follow = self._declared.nodes, self._declared.follow
        name = "check_notifications"
        for _ in range(MOST_STEPS):
            graph = {**graph, **await nodes[name](graph, work)}
            if name == "respond":
                return graph
            name = "router" if name == "check_notifications" else follow(graph)
        raise RuntimeError(f"the turn took more than {MOST_STEPS} steps through the graph")


def compiled(declared: Declared) -> Graph:
    """The same as a LangGraph graph. Tracing to outside services is forced off."""
    os.environ["LANGSMITH_TRACING"] = "false"
    os.environ["LANGCHAIN_TRACING_V2"] = "false"
    from langgraph.graph import END, START, StateGraph

    graph = StateGraph(GraphState, context_schema=Work)
    for name, node in declared.nodes.items():
        graph.add_node(name, _plain(node))
    ways: dict[Hashable, str] = {name: name for name in (*declared.agents, "respond")}

    async def follow(state: GraphState) -> str:
        # Async without awaiting: the library would send a plain function to a thread.
        return declared.follow(state)

    graph.add_edge(START, "check_notifications")
    graph.add_edge("check_notifications", "router")
    for name in ("router", *declared.agents):
        graph.add_conditional_edges(name, follow, ways)
    graph.add_edge("respond", END)
    return graph.compile()


def _plain(node: Node) -> Any:  # the library types its nodes by their parameter names; ours are given by position
    async def run(state: GraphState, runtime: Runtime[Work]) -> GraphState:
        return await node(state, runtime.context)

    # The library looks the annotations up at run time to know that it must pass its runtime in.
    from langgraph.runtime import Runtime as RuntimeType

    run.__annotations__ = {"state": GraphState, "runtime": RuntimeType[Work], "return": GraphState}
    return run


def _next(desk: Desk) -> Follow:
    def follow(graph: GraphState) -> str:
        todo = graph.get("todo", ())
        return route(desk, graph["state"], todo[0]) if todo else "respond"

    return follow
