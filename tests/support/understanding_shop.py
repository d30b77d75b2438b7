"""A kirana shop to understand sentences for: Thursday, November 26th 2026, ten in the morning, in India."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from offhook.desks.shop.desk import LANGUAGE_FOLDER
from offhook.understanding.ledger.understander import LedgerUnderstander
from offhook.understanding.model import World

SHOP = LedgerUnderstander(LANGUAGE_FOLDER)
CUSTOMERS = (
    *("Rahul Sharma", "Priya Patel", "Suresh Yadav", "Ramesh Kumar", "Ramesh Gupta", "Mohan Das", "Lakhan Singh"),
    *("Mangal Pandey", "Shyam Lal", "Kalpana Devi", "Ravi Verma", "Sunita Joshi", "Anil Mehta", "Geeta Rani"),
    *("Imran Khan", "Farida Begum", "Joseph Fernandes", "Deepak Chauhan", "Vikas Saxena", "Neha Agarwal"),
)
PRODUCTS: dict[str, tuple[str, ...]] = {
    "Sugar": ("cheeni", "chini"),
    "Mustard Oil": ("sarson ka tel",),
    "Toor Dal": ("arhar dal",),
    "Moong Dal": (),
    "Rice": ("chawal",),
    "Eggs": ("ande", "anda"),
    "Parle-G": ("parle biscuit",),
    "Tata Salt": ("namak",),
    "Atta": ("aata", "flour"),
    "Milk": ("doodh",),
    "Maggi": ("noodles",),
    "Lux Soap": ("sabun",),
    "Tea": ("chai patti",),
}


def shop() -> World:
    now = datetime(2026, 11, 26, 10, 0, tzinfo=ZoneInfo("Asia/Kolkata"))
    return World(now=now, tz="Asia/Kolkata", customers=CUSTOMERS, products=PRODUCTS)


KIRANA_CUSTOMERS = (
    *("Hazari Lal", "Chauthmal Jain", "Som Prakash", "Ravi Shankar", "Mangal Singh", "Das Babu", "Lakhan Yadav"),
    *("Kalpana Mishra", "Shyam Sundar", "Ramesh Patil", "Ramesh Solanki", "Jignesh Patel", "Harpreet Kaur", "Bablu"),
    *("Gurpreet Singh", "Santosh Jadhav", "Manisha Deshmukh", "Abdul Rahman", "Kishan Lal", "Pooja Tiwari", "Pinky"),
    *("Sunil Thakur", "Sunita Thakur", "Nagma Sheikh", "Munna Bhaiya", "Vimla Devi", "Dinesh Pandey", "Mukesh Jha"),
    *("Hetal Shah", "Arjun Nair"),
)
KIRANA_PRODUCTS: dict[str, tuple[str, ...]] = {
    "Sugar": ("cheeni", "chini", "shakkar"),
    "Mustard Oil": ("sarson ka tel",),
    "Refined Oil": ("refined",),
    "Chana Dal": (),
    "Urad Dal": (),
    "Basmati Rice": ("basmati",),
    "Wheat Flour": ("atta", "aata"),
    "Besan": (),
    "Poha": (),
    "Surf Excel": ("surf",),
    "Amul Butter": ("makkhan", "butter"),
    "Paneer": (),
    "Red Label Tea": ("chai patti",),
    "Colgate": (),
    "Bread": ("double roti",),
    "Eggs": ("ande", "anda"),
    "Parle-G": ("biscuit",),
    "Jeera": (),
    "Haldi": (),
    "Agarbatti": (),
    "Matchbox": ("maachis",),
    "Potato": ("aloo",),
    "Onion": ("pyaaz",),
}


def kirana() -> World:
    """Another shop, whose customers are more of one name, or of a number's or a day's."""
    return msgspec.structs.replace(shop(), customers=KIRANA_CUSTOMERS, products=KIRANA_PRODUCTS)


DUKAAN_CUSTOMERS = (
    *("Raju", "Sonu Verma", "Guddu Bhai", "Venkatesh Iyer", "Lakshmi Narayan", "Salim Ansari", "Rukhsana Bano"),
    *("Meena Kumari", "Mina Sharma", "Amit Jain", "Amit Shah", "Sanjay Gupta", "Sandhya Gupta", "Budhram Sahu"),
    *("Itwari Lal", "Panna Lal", "Satnam Singh", "Deen Dayal", "Pachkauri Ram", "Karodi Mal", "Sawan Kumar"),
    *("Poonam Chand", "Roshni Devi", "Anjali Rao", "Peter D'Souza", "Mary Thomas", "Harish Bhatt", "Usha Rani"),
    "Kamla Bai",
)
DUKAAN_PRODUCTS: dict[str, tuple[str, ...]] = {
    "Aashirvaad Atta 5kg": ("atta",),
    "Fortune Oil 1L": ("fortune",),
    "Tata Salt": ("namak",),
    "India Gate Rice": ("chawal",),
    "Sugar": ("cheeni",),
    "Amul Milk": ("doodh",),
    "Lifebuoy": ("lifebuoy sabun",),
    "Dettol Soap": ("dettol",),
    "Rin Bar": ("rin",),
    "Good Day": (),
    "Maggi": (),
    "Haldiram Bhujia": ("bhujia",),
    "Masoor Dal": (),
    "Chana Dal": (),
    "Moong Dal": (),
    "Kaju": (),
    "Jaggery": ("gud",),
    "Coconut": ("nariyal",),
    "Ghee": (),
}


def dukaan() -> World:
    """A third shop: near names, names of two given names, products with a size in their name."""
    return msgspec.structs.replace(shop(), customers=DUKAAN_CUSTOMERS, products=DUKAAN_PRODUCTS)


BAZAAR_CUSTOMERS = (
    "John D'Costa",
    "Maria Pinto",
    "Thomas Mathew",
    "David Lobo",
    "Stephen Kurien",
    "Mohammed Aslam",
    "Zarina Khatoon",
    "Bhola Prasad",
    "Chhotu",
    "Dilip Patil",
    "Sarita Devi",
    "Savita Bansal",
    "Naresh Goyal",
    "Naresh Bansal",
    "Hariom Tiwari",
    "Ganga Ram",
    "Manoj Tripathi",
    "Rekha Soni",
    "Balwinder Singh",
    "Kiran Naik",
    "Lalita Kumari",
    "Om Prakash Rai",
    "Shanti Devi",
    "Tara Chand",
    "Jyoti Malhotra",
    "Sumit Arora",
    "Puneet Arora",
)
BAZAAR_PRODUCTS: dict[str, tuple[str, ...]] = {
    "Sugar": ("cheeni",),
    "Groundnut Oil": ("moongfali ka tel",),
    "Masoor Dal": (),
    "Sona Masoori Rice": ("chawal",),
    "Besan": (),
    "Suji": ("rava",),
    "Wheel Powder": ("wheel",),
    "Vim Bar": ("vim",),
    "Parachute Oil": ("nariyal tel",),
    "Taj Mahal Tea": ("chai patti",),
    "Bru Coffee": ("coffee",),
    "Kurkure": (),
    "Thums Up": (),
    "Amul Butter": ("makkhan",),
    "Paneer": (),
    "Turmeric": ("haldi",),
    "Red Chilli": ("mirchi",),
    "Eggs": ("ande",),
    "Garlic": ("lahsun",),
    "Candle": ("mombatti",),
    "Closeup": (),
    "Atta": ("gehun ka aata",),
}


def bazaar() -> World:
    """A fourth shop: names that English spells in its own way, near names, brands."""
    return msgspec.structs.replace(shop(), customers=BAZAAR_CUSTOMERS, products=BAZAAR_PRODUCTS)


HAAT_CUSTOMERS = (
    "Anthony Pereira",
    "George Varghese",
    "Rosy Dias",
    "Nasreen Bano",
    "Irfan Qureshi",
    "Gopal Krishna",
    "Bhagwan Das",
    "Shukla Ji Store",
    "Hemant Rawat",
    "Hema Rawat",
    "Kavita Nair",
    "Kavita Menon",
    "Murli Manohar",
    "Sohan Lal",
    "Sohan Singh",
    "Phool Kumari",
    "Chanda Devi",
    "Ashok Wadhwa",
    "Jaswinder Kaur",
    "Lallan Prasad",
    "Tulsi Ram",
    "Vidya Rao",
    "Bunty",
    "Babita Sethi",
    "Prem Nath",
    "Yusuf Pathan Khan",
)
HAAT_PRODUCTS: dict[str, tuple[str, ...]] = {
    "Sugar": ("cheeni",),
    "Soyabean Oil": ("soya tel",),
    "Rajma": (),
    "Kabuli Chana": ("chole",),
    "Kolam Rice": ("chawal",),
    "Maida": (),
    "Jaggery": ("gud",),
    "Milk": ("doodh",),
    "Curd": ("dahi",),
    "Bournvita": (),
    "Boost": (),
    "Lays": (),
    "Frooti": (),
    "Pepsi": (),
    "Clinic Plus": ("shampoo",),
    "Pears Soap": (),
    "Harpic": (),
    "Odonil": (),
    "Saffron": ("kesar",),
    "Coriander": ("dhaniya",),
    "Pen": ("kalam",),
    "Notebook": ("copy",),
    "Biscuit": (),
}


def haat() -> World:
    """A fifth shop: drinks and stationery, names of one family."""
    return msgspec.structs.replace(shop(), customers=HAAT_CUSTOMERS, products=HAAT_PRODUCTS)


SHOP_TABLES: dict[str, Callable[[], World]] = {
    **{f"shop_heldout{n}.txt": shop for n in ("", 2, 3, 4, 5)},
    "shop_dev6.txt": kirana,
    "shop_dev7.txt": shop,
    "shop_dev8.txt": kirana,
    "shop_dev9.txt": dukaan,
    "shop_dev10.txt": shop,
    "shop_dev11.txt": dukaan,
    "shop_dev12.txt": bazaar,
    "shop_traps2.txt": bazaar,
    "shop_heldout8.txt": haat,
    "shop_traps3.txt": haat,
    "shop_heldout9.txt": haat,
    "shop_traps4.txt": haat,
    "shop_dev13.txt": haat,
    "shop_dev14.txt": haat,
    "shop_heldout10.txt": haat,
    "shop_heldout11.txt": haat,
    "shop_heldout12.txt": haat,
    "shop_heldout13.txt": haat,
    "shop_heldout14.txt": haat,
    "shop_heldout15.txt": haat,
    "shop_heldout16.txt": haat,
    "shop_heldout17.txt": haat,
    "shop_traps5.txt": haat,
    "shop_dev15.txt": haat,
    "shop_dev16.txt": haat,
    "shop_heldout6.txt": kirana,
    "shop_heldout7.txt": shop,
    "shop_traps.txt": shop,
}
"""Tables of sentences, each with the shop that they are said to."""
UNRELATED: dict[str, Callable[[], World]] = {
    "unrelated_shop.txt": bazaar,
    "unrelated_shop2.txt": haat,
    "unrelated_shop3.txt": haat,
    **{f"unrelated_shop{n}.txt": haat for n in range(4, 13)},
}
"""Tables of other trades' sentences, each with the shop that they are said to."""
