"""Who has the floor, when a turn is over, when the agent must stop: the rules of talking by voice, without any I/O.

`TurnMachine` (machine.py) takes the events of contracts/turn.py with the present time and returns commands;
`Playout` (playout.py) knows what the caller has heard. Both are driven by session/.
"""
