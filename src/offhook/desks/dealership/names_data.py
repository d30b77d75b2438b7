"""Common names and cars, for invented customers."""

from __future__ import annotations

from typing import NamedTuple

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


class ModelLine(NamedTuple):
    make: str
    model: str
    wmi: str
    """World manufacturer identifier: how its VINs begin."""
    price: int
    """Of a new one, in whole units of the currency."""
    fuels: tuple[str, ...]


MODELS = (
    ModelLine(
        "Toyota",
        "Camry",
        "4T1",
        28900,
        (
            "petrol",
            "hybrid",
        ),
    ),
    ModelLine(
        "Toyota",
        "Corolla",
        "4T1",
        23900,
        (
            "petrol",
            "hybrid",
        ),
    ),
    ModelLine(
        "Toyota",
        "RAV4",
        "4T1",
        32900,
        (
            "petrol",
            "hybrid",
        ),
    ),
    ModelLine(
        "Toyota",
        "Highlander",
        "4T1",
        43900,
        (
            "petrol",
            "hybrid",
        ),
    ),
    ModelLine(
        "Honda",
        "Civic",
        "1HG",
        25900,
        (
            "petrol",
            "hybrid",
        ),
    ),
    ModelLine(
        "Honda",
        "Accord",
        "1HG",
        31900,
        (
            "petrol",
            "hybrid",
        ),
    ),
    ModelLine(
        "Honda",
        "CR-V",
        "1HG",
        33900,
        (
            "petrol",
            "hybrid",
        ),
    ),
    ModelLine("Honda", "Pilot", "1HG", 44900, ("petrol",)),
    ModelLine(
        "Ford",
        "F-150",
        "1FM",
        46900,
        (
            "petrol",
            "hybrid",
        ),
    ),
    ModelLine(
        "Ford",
        "Escape",
        "1FM",
        30900,
        (
            "petrol",
            "hybrid",
        ),
    ),
    ModelLine("Ford", "Explorer", "1FM", 41900, ("petrol",)),
    ModelLine(
        "Ford",
        "Focus",
        "1FM",
        19900,
        (
            "petrol",
            "diesel",
        ),
    ),
    ModelLine(
        "Chevrolet",
        "Equinox",
        "1G1",
        29900,
        (
            "petrol",
            "electric",
        ),
    ),
    ModelLine("Chevrolet", "Malibu", "1G1", 26900, ("petrol",)),
    ModelLine("Nissan", "Altima", "1N4", 27900, ("petrol",)),
    ModelLine("Nissan", "Rogue", "1N4", 30900, ("petrol",)),
    ModelLine(
        "Hyundai",
        "Elantra",
        "5NP",
        22900,
        (
            "petrol",
            "hybrid",
        ),
    ),
    ModelLine(
        "Hyundai",
        "Tucson",
        "5NP",
        29900,
        (
            "petrol",
            "hybrid",
        ),
    ),
    ModelLine(
        "Kia",
        "Sportage",
        "5XX",
        28900,
        (
            "petrol",
            "hybrid",
        ),
    ),
    ModelLine("Subaru", "Outback", "4S4", 31900, ("petrol",)),
    ModelLine(
        "Mazda",
        "CX-5",
        "JM3",
        30900,
        (
            "petrol",
            "diesel",
        ),
    ),
    ModelLine(
        "Volkswagen",
        "Tiguan",
        "3VV",
        31900,
        (
            "petrol",
            "diesel",
        ),
    ),
    ModelLine(
        "Jeep",
        "Cherokee",
        "1C4",
        35900,
        (
            "petrol",
            "diesel",
        ),
    ),
    ModelLine(
        "BMW",
        "X3",
        "5UX",
        49900,
        (
            "petrol",
            "diesel",
            "electric",
        ),
    ),
)

COLORS = ("white", "black", "silver", "gray", "blue", "red", "green", "brown")

_AREA_CODES = """
    201 202 203 205 206 207 208 209 210 212 213 214 215 216 217 218 219 220 223 224 225 227 228 229 231 234 235
    239 240 248 251 252 253 254 256 260 262 267 269 270 272 274 276 279 281 283 301 302 303 304 305 307 308 309
    310 312 313 314 315 316 317 318 319 320 321 323 324 325 326 327 329 330 331 332 334 336 337 339 341 346 347
    350 351 352 353 360 361 363 364 369 380 385 386 401 402 404 405 406 407 408 409 410 412 413 414 415 417 419
    423 424 425 430 432 434 435 440 442 443 445 447 448 458 463 464 469 470 472 475 478 479 480 484 501 502 503
    504 505 507 508 509 510 512 513 515 516 517 518 520 530 531 534 539 540 541 551 557 559 561 562 563 564 567
    570 571 572 573 574 575 580 582 585 586 601 602 603 605 606 607 608 609 610 612 614 615 616 617 618 619 620
    623 626 628 629 630 631 636 640 641 645 646 650 651 656 657 659 660 661 662 667 669 678 680 681 682 686 689
    701 702 703 704 706 707 708 712 713 714 715 716 717 718 719 720 724 725 726 727 728 730 731 732 734 737 738
    740 743 747 748 754 757 760 762 763 765 769 770 771 772 773 774 775 779 781 785 786 801 802 803 804 805 806
    808 810 812 813 814 815 816 817 818 820 821 826 828 830 831 832 835 838 839 840 843 845 847 848 850 854 856
    857 858 859 860 862 863 864 865 870 872 878 901 903 904 906 907 908 909 910 912 913 914 915 916 917 918 919
    920 925 928 929 930 931 934 936 937 938 940 941 943 945 947 948 949 951 952 954 956 959 970 971 972 973 975
    978 979 980 983 984 985 986
"""
AREA_CODES = _AREA_CODES.split()
"""American area codes in use. A list of our own, so that the same seed gives the same people with any version of any
library."""
