"""Common names and cars, for invented customers."""

from __future__ import annotations

_FIRST_NAMES = """
Aaron Abigail Adam Aisha Alan Alice Amanda Amit Amy Andrea Andrew Angela Anita Anna Anthony Arjun Ashley Barbara
Benjamin Brandon Brenda Brian Carlos Carol Catherine Charles Christina Christopher Daniel David Deborah Deepak
Dennis Diana Donna Dorothy Edward Elena Elizabeth Emily Emma Eric Fatima Frank Gabriel Gary George Grace Gregory
Hannah Harold Heather Helen Henry Ines Isabella Jack Jacob James Janet Jason Jennifer Jessica John Jonathan Jose
Joseph Joshua Juan Julia Karen Katherine Kevin Kimberly Kyle Larry Laura Linda Lisa Lucia Luis Margaret Maria Mark
Martha Mary Matthew Megan Michael Michelle Mohammed Monica Nancy Natalie Nathan Neha Nicholas Nicole Noah Olivia
Pamela Patricia Patrick Paul Peter Priya Rachel Rahul Ravi Rebecca Richard Robert Roger Ronald Rosa Ruth Ryan
Samantha Samuel Sandra Sanjay Sara Scott Sean Sharon Sofia Stephen Steven Sunita Susan Teresa Thomas Timothy Tyler
Victor Victoria Vikram Vincent Walter Wayne William Yusuf Zachary
"""
FIRST_NAMES = tuple(_FIRST_NAMES.split())

_LAST_NAMES = """
Adams Ahmed Allen Alvarez Anderson Bailey Baker Bell Bennett Brooks Brown Campbell Carter Castillo Chavez Chen Clark
Collins Cook Cooper Cox Cruz Davis Desai Diaz Edwards Evans Fisher Flores Foster Garcia Gomez Gonzalez Gray Green
Gupta Gutierrez Hall Harris Hernandez Hill Howard Hughes Jackson James Jenkins Johnson Jones Kelly Khan Kim King
Kowalski Kumar Lee Lewis Long Lopez Martin Martinez Mehta Mendoza Miller Mitchell Moore Morales Morgan Morris Murphy
Myers Nair Nelson Nguyen Ortiz Parker Patel Perez Peterson Phillips Powell Price Ramirez Reddy Reed Reyes Richardson
Rivera Roberts Robinson Rodriguez Rogers Ross Ruiz Russell Sanchez Sanders Schmidt Scott Shah Singh Smith Stewart
Sullivan Taylor Thomas Thompson Torres Turner Walker Wang Ward Watson White Williams Wilson Wood Wright Young
"""
LAST_NAMES = tuple(_LAST_NAMES.split())

MODELS = (
    ("Toyota", "Camry"),
    ("Toyota", "Corolla"),
    ("Toyota", "RAV4"),
    ("Toyota", "Highlander"),
    ("Honda", "Civic"),
    ("Honda", "Accord"),
    ("Honda", "CR-V"),
    ("Honda", "Pilot"),
    ("Ford", "F-150"),
    ("Ford", "Escape"),
    ("Ford", "Explorer"),
    ("Ford", "Focus"),
    ("Chevrolet", "Equinox"),
    ("Chevrolet", "Malibu"),
    ("Nissan", "Altima"),
    ("Nissan", "Rogue"),
    ("Hyundai", "Elantra"),
    ("Hyundai", "Tucson"),
    ("Kia", "Sportage"),
    ("Subaru", "Outback"),
    ("Mazda", "CX-5"),
    ("Volkswagen", "Tiguan"),
    ("Jeep", "Cherokee"),
    ("BMW", "X3"),
)
