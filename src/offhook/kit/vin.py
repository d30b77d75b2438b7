"""Vehicle identification numbers: form, check digit, and what they tell without any database.

49 CFR 565.15 and ISO 3779: 17 characters without I, O and Q. The check digit at position 9 is required in North America
and China only; elsewhere makers use the place for other things, so a wrong one is a warning and no more. The year code
at position 10 repeats every thirty years; in North America a letter at position 7 tells 2010 and later.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LENGTH = 17
_FORM = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_VALUES = {
    **{digit: int(digit) for digit in "0123456789"},
    **dict(zip("ABCDEFGH", range(1, 9), strict=True)),
    **dict(zip("JKLMN", range(1, 6), strict=True)),
    "P": 7,
    "R": 9,
    **dict(zip("STUVWXYZ", range(2, 10), strict=True)),
}
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_YEAR_CODES = "ABCDEFGHJKLMNPRSTVWXY123456789"
_FIRST_YEAR = 1980
_CYCLE = 30

_COUNTRIES = (
    ("1", "1", "United States"),
    ("4", "4", "United States"),
    ("5", "5", "United States"),
    ("2", "2", "Canada"),
    ("3A", "3X", "Mexico"),
    ("6", "6", "Australia"),
    ("7F", "70", "United States"),
    ("8A", "8E", "Argentina"),
    ("9A", "9E", "Brazil"),
    ("93", "99", "Brazil"),
    ("AA", "AH", "South Africa"),
    ("J", "J", "Japan"),
    ("KL", "KR", "South Korea"),
    ("L", "L", "China"),
    ("MA", "ME", "India"),
    ("MF", "MK", "Indonesia"),
    ("ML", "MR", "Thailand"),
    ("MZ", "M0", "India"),
    ("NL", "NR", "Turkey"),
    ("PA", "PE", "Philippines"),
    ("PL", "PR", "Malaysia"),
    ("RF", "RG", "Taiwan"),
    ("SA", "SM", "United Kingdom"),
    ("SN", "ST", "Germany"),
    ("SU", "SZ", "Poland"),
    ("TM", "TP", "Czechia"),
    ("TR", "TV", "Hungary"),
    ("TW", "T1", "Portugal"),
    ("UU", "UZ", "Romania"),
    ("U5", "U7", "Slovakia"),
    ("VA", "VE", "Austria"),
    ("VF", "VR", "France"),
    ("VS", "VW", "Spain"),
    ("W", "W", "Germany"),
    ("XL", "XR", "Netherlands"),
    ("YA", "YE", "Belgium"),
    ("YS", "YW", "Sweden"),
    ("ZA", "ZU", "Italy"),
)
"""First and last two characters of a country's range; letters come before digits. One character: the whole of it."""

_MAKERS = {
    "1C": "Chrysler", "1F": "Ford", "1FM": "Ford", "1FT": "Ford", "1G1": "Chevrolet", "1G4": "Buick", "1G6": "Cadillac",
    "1GC": "Chevrolet", "1GK": "GMC", "1GN": "Chevrolet", "1GT": "GMC", "1H": "Honda", "1J4": "Jeep", "1J8": "Jeep",
    "1C4": "Jeep", "1C6": "Ram", "1B": "Dodge", "1L": "Lincoln", "1M": "Mack", "1M8": "MCI", "1N": "Nissan",
    "1VW": "Volkswagen", "1YV": "Mazda", "19U": "Acura", "19X": "Honda", "2C3": "Chrysler", "2C4": "Chrysler",
    "2F": "Ford", "2G1": "Chevrolet", "2HG": "Honda", "2HK": "Honda", "2HM": "Hyundai", "2HN": "Acura", "2T": "Toyota",
    "3C": "Chrysler", "3C6": "Ram", "3CZ": "Honda", "3F": "Ford", "3G": "Chevrolet", "3GT": "GMC", "3GY": "Cadillac",
    "3HG": "Honda", "3KP": "Kia", "3MV": "Mazda", "3MZ": "Mazda", "3N": "Nissan", "3VW": "Volkswagen",
    "3VV": "Volkswagen",
    "4F": "Mazda", "4JG": "Mercedes-Benz", "4S3": "Subaru", "4S4": "Subaru", "4T": "Toyota", "4US": "BMW",
    "5FN": "Honda", "5FP": "Honda", "5GZ": "Saturn", "5J6": "Honda", "5J8": "Acura", "5L": "Lincoln", "5N1": "Nissan",
    "5NM": "Hyundai", "5NP": "Hyundai", "5T": "Toyota", "5TD": "Toyota", "5UX": "BMW", "5XX": "Kia", "5XY": "Kia",
    "5YJ": "Tesla", "7SA": "Tesla", "7FA": "Honda", "6G": "Holden", "6T": "Toyota", "JA": "Isuzu", "JF": "Subaru",
    "JH": "Honda", "JH4": "Acura", "JM": "Mazda", "JN": "Nissan", "JNK": "Infiniti", "JS": "Suzuki", "JT": "Toyota",
    "JTH": "Lexus", "JTJ": "Lexus", "58A": "Lexus", "KL": "Chevrolet", "KM": "Hyundai", "KMT": "Genesis", "KN": "Kia",
    "LFV": "FAW-Volkswagen", "LRW": "Tesla", "LSG": "SAIC General Motors", "LSJ": "MG", "LVS": "Ford", "LYV": "Volvo",
    "MA1": "Mahindra", "MA3": "Maruti Suzuki", "MA6": "Chevrolet", "MA7": "Honda", "MAJ": "Ford", "MAK": "Honda",
    "MAL": "Hyundai", "MAT": "Tata", "MB1": "Ashok Leyland", "MB8": "Suzuki", "MBH": "Suzuki", "MBJ": "Toyota",
    "MBK": "MAN", "MBR": "Mercedes-Benz", "MBX": "Piaggio", "MCA": "FCA India", "MD2": "Bajaj", "MD6": "TVS",
    "ME3": "Royal Enfield", "ME4": "Honda", "MEE": "Renault", "MEX": "Škoda Volkswagen India", "MZB": "Kia",
    "MZ7": "MG", "MHF": "Toyota", "MHR": "Honda", "MNB": "Ford", "MR0": "Toyota", "NM0": "Ford", "NMT": "Toyota",
    "PL1": "Proton", "SAJ": "Jaguar", "SAL": "Land Rover", "SB1": "Toyota", "SCA": "Rolls-Royce", "SCB": "Bentley",
    "SCC": "Lotus", "SCF": "Aston Martin", "SHH": "Honda", "SJN": "Nissan", "TMA": "Hyundai", "TMB": "Škoda",
    "TRU": "Audi", "TSM": "Suzuki", "U5Y": "Kia", "UU1": "Dacia", "VF1": "Renault", "VF3": "Peugeot", "VF7": "Citroën",
    "VSS": "SEAT", "VWV": "Volkswagen", "W1K": "Mercedes-Benz", "W1N": "Mercedes-Benz", "WA1": "Audi", "WAU": "Audi",
    "WBA": "BMW", "WBS": "BMW", "WBX": "BMW", "WBY": "BMW", "WDB": "Mercedes-Benz", "WDC": "Mercedes-Benz",
    "WDD": "Mercedes-Benz", "WF0": "Ford", "WMW": "MINI", "WP0": "Porsche", "WP1": "Porsche", "WUA": "Audi",
    "WV1": "Volkswagen", "WV2": "Volkswagen", "WVG": "Volkswagen", "WVW": "Volkswagen", "W0L": "Opel", "XTA": "Lada",
    "YS3": "Saab", "YV1": "Volvo", "YV4": "Volvo", "7JR": "Volvo", "ZAM": "Maserati",
    "ZAR": "Alfa Romeo", "ZFA": "Fiat",
    "ZFF": "Ferrari", "ZHW": "Lamborghini",
}  # fmt: skip
"""World manufacturer identifiers that are met often; two characters stand for all that begin so."""

_NORTH_AMERICA = frozenset("12345")
_ORDER = "ABCDEFGHJKLMNPRSTUVWXYZ1234567890"


class BadVin(ValueError):
    """Not a VIN; the message says what is wrong with it, for a person."""


@dataclass(frozen=True, slots=True)
class Vin:
    vin: str
    maker: str | None
    country: str | None
    years: tuple[int, ...]
    """Model years that it may be of, newest first; one where the form decides, none where it has no year code."""
    check_digit_right: bool
    """False is an error in North America and no more than a hint elsewhere."""
    check_digit_required: bool


def normalise(text: str) -> str:
    """Upper case, without spaces, dots and hyphens."""
    return re.sub(r"[\s.\-]+", "", text).upper()


def checked(text: str) -> str:
    """The VIN in its one way of writing. Raises BadVin."""
    vin = normalise(text)
    if len(vin) != LENGTH:
        raise BadVin(f"a VIN has {LENGTH} characters, this has {len(vin)}")
    if not _FORM.fullmatch(vin):
        wrong = sorted({character for character in vin if character not in _VALUES})
        raise BadVin(f"a VIN has no {', '.join(wrong)}; the letters I, O and Q are never in it")
    return vin


def check_digit(vin: str) -> str:
    """What position 9 of a well-formed VIN must be by the North American rule."""
    total = sum(_VALUES[character] * weight for character, weight in zip(vin, _WEIGHTS, strict=True))
    return "X" if total % 11 == 10 else str(total % 11)


def decode(text: str, this_year: int) -> Vin:
    """Maker, country, candidate years and check digit. Raises BadVin."""
    vin = checked(text)
    required = vin[0] in _NORTH_AMERICA or vin[0] == "L"
    return Vin(
        vin=vin,
        maker=_MAKERS.get(vin[:3]) or _MAKERS.get(vin[:2]),
        country=_country(vin),
        years=_years(vin, this_year),
        check_digit_right=vin[8] == check_digit(vin),
        check_digit_required=required,
    )


def _years(vin: str, this_year: int) -> tuple[int, ...]:
    if vin[9] not in _YEAR_CODES:
        return ()
    first = _FIRST_YEAR + _YEAR_CODES.index(vin[9])
    years = list(range(first, this_year + 2, _CYCLE))
    if vin[0] in _NORTH_AMERICA:
        newer = vin[6].isalpha()
        years = [year for year in years if (year >= 2010) == newer]
    return tuple(reversed(years))


def _country(vin: str) -> str | None:
    for first, last, name in _COUNTRIES:
        start = vin[: len(first)]
        if _rank(first) <= _rank(start) and _rank(vin[: len(last)]) <= _rank(last):
            return name
    return None


def _rank(text: str) -> tuple[int, ...]:
    return tuple(_ORDER.index(character) for character in text)
