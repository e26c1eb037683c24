"""Nanoseconds of times in where-expressions, as the Python Butler reads them.

`python time_literals.py > FILE` writes lines `text<tab>nanoseconds`, or `error` where the reference refuses the text. `python
time_literals.py SEED COUNT` makes as many random ones instead of the committed ones.
"""

from __future__ import annotations

import logging
import random
import sys
import warnings

from lsst.daf.butler.queries.expressions.parser.parserYacc import _parseTimeString
from lsst.daf.butler.time_utils import TimeConverter

logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")

CHOSEN = """2020-01-01|2020-01-01 12:30|2020-01-01 12:30:15|2020-01-01 12:30:15.|2020-01-01 12:30:15.5|2020-01-01T12:30:15.123456789
2020-01-01t12:30:15|2020-01-01t12:30:15.25|2020-1-1|2020-1-1 1:2:3|2020-1-1 1:2:3.5|2020-1-1 1:2|2020-1-1T1:2|2020-01-01 12:30:15.123456789123
2020-01-01/tai|2020-01-01/utc|2020-01-01/TT|2020-01-01 00:00:00/tcg|2020-01-01T12:00:00/tai|ISO/2020-01-01 12:00:00|iso/2020-01-01|isot/2020-01-01
isot/2020-01-01T12:30|isot/2020-01-01 12:30|iso/2020-01-01T12:30|fits/2020-01-01|fits/2020-01-01T12:30:15|fits/2020-01-01T12:30:15.75/tai
fits/2020-01-01T12:30|fits/2020-01-01 12:30:15|fits/2020-01-01T12:30:150|fits/2020-1-1|+02020-01-01|+02020-01-01T12:30:15|+02020-01-01t12:30:15.5
+2020-01-01|+12020-01-01|+00001-01-01T00:00:00|fits/+02020-01-01|iso/+02020-01-01|2020:001|2020:1|2020:366|2019:366|2020:367|2020:0|2020:001:12:30
2020:1:2:3|2020:001:12:30:15|2020:001:12:30:15.5|2020:1:2:3:4.5|yday/2020:060:00:00:00/tai|yday/2020-01-01|iso/2020:001|2020:001:12|2020:001 12:30:00
2020-02-29|2019-02-29|2100-02-29|2020-13-01|2020-00-01|2020-01-00|2020-01-32|2020-01-01 24:00:00|2020-01-01 23:60:00|2020-01-01 23:59:60
2020-01-01 23:59:75|2020-1-1 23:59:61|2020-1-1 23:59:62|2016-12-31 23:59:60|2016-12-31 23:59:60.5|2016-12-31 23:59:59.999999999|2017-01-01
2016-12-31 12:00:00|2016-12-31T23:59:61|2015-06-30 18:00:00|1972-01-01|1971-12-31 23:59:59|1970-01-01|1970-01-01/tai|1969-12-31 23:59:59/tai|1970-06-01
1970-01-01 00:00:01|1968-01-31|1960-01-01|1959-12-31|1900-01-01|0001-01-01|0000-01-01|9999-12-31|2099-12-31|2099-12-31 23:59:59/tai|2100-01-01/tai
2100-01-01 00:00:00.000000001/tai|2200-01-01|2020-01-01+00:00|2020-01-01 12:00:00+00:00|2020-01-01 12:00:00+01:00|2020-01-01 12:00:00Z
2020-01-01 12:00:00-05:00|58849.|58849.0|58849.5|58849|mjd/58849|mjd/58849.|mjd/58849.5/utc|mjd/58849.5/tt|mjd/58849.5/tcg|58849.123456789|MJD/58849.5
58849.5/utc|-1.5|.5|-.5|-5.|mjd/-1.|40587.0|40586.999|40587.00000000001|88069.0|88068.99999999999|88069.1|mjd/57753.5/utc|mjd/57753.99999/utc
mjd/57754.0/utc|mjd/41316.5/utc|mjd/41000.25/utc|jd/2458850.0|jd/2458849.5|jd/2458849.75/utc|jd/2458849.7512345/tt|jd/2458850|unix/1577836800.
unix/1577836800.5|unix/1577836800.123456|unix/1577836800.5/tai|unix/1577836800.5/tt|unix/1577836800.5/tcg|unix/1483228799.5|unix/1483228800.5|unix/0.
unix/-1.|unix/1.|unix/63072000.0|unix/4102444800.0|unix_tai/1577836800.25|unix_tai/1577836800.25/utc|unix_tai/1577836800.25/tcg|cxcsec/694137669.184
cxcsec/694137669.184/tai|cxcsec/694137669.184/utc|cxcsec/100000000.0|gps/1261872018.0|gps/1261872018.25/utc|gps/1261872018.25/tt|galexsec/1261785600.5
galexsec/1261785600.5/utc|galexsec/1261785600.5/tt|decimalyear/2020.5|decimalyear/2020.|decimalyear/2016.999999|decimalyear/2016.999999/utc
decimalyear/2016.5/utc|decimalyear/2016.5/tt|decimalyear/2016.5/tcg|decimalyear/1969.5|decimalyear/1971.3/utc|decimalyear/2020.123456789|decimalyear/-1.
decimalyear/10000.5|decimalyear/99999999.5|jyear/2020.|jyear/2020.5|jyear/2020.5/utc|jyear/2020.5/tt|byear/2020.5|byear/2020.123/tt|byear/1950.
plot_date/737425.5|plot_date/737425.5/utc|plot_date/18262.5|stardate/-273000.5|stardate/-273000.5/utc|stardate/100.5|datetime/2020-01-01
datetime64/2020-01-01|ymdhms/2020-01-01|byear_str/2020.5|jyear_str/2020.5|jyear_str/J2020.5|astropy_time/2020.5|nothing/2020.5|2020-01-01/nothing
2020-01-01/local|2020-01-01/tdb|2020-01-01 12:00:00.5/tcb|mjd/58849.5/TDB|jd/99999999999.5/tdb|unix/1577836800.5/tdb|gps/1261872018.25/tcb|decimalyear/2016.5/tdb|jyear/2020.5/tcb|1950-01-01/tdb|2300-01-01/tcb|2020-01-01/|/2020-01-01|//|/|mjd//tai|mjd/58849.5/|mjd/58849.5/tai/x|mjd/ 58849.5|mjd /58849.5| 58849.5|58849.5 |58849.5e0|1e5|5.5.5
mjd/2020-01-01|jd/2020:001|unix/2020-01-01|iso/58849.5|isot/58849.5|fits/58849.5|yday/58849.5|2020|20200101|2020-01|2020-01-01T|2020-01-01T12
2020-01-01 12|2020-01-01  12:00|2020/01/01|now|T|2020-01-01T12:00:00.|2020-1-1T12:00:00.|02020-01-01|20200-01-01|202-01-01|2020-001-01
2020-01-01 012:00:00|2020-01-01 12:000:00|2020-01-01 12:00:000|58849.99999999999|mjd/58849.000000000005|jd/2400000.5|jd/0.|jd/-1000000.5/utc
jd/99999999999.5|jd/99999999999.5/utc|unix/99999999999999.|mjd/123456789012345678901234567890.5|-0.0|mjd/-0.0|00058849.5|58849.5/TAI|58849.5/Utc"""


def random_literals(seed: int, count: int) -> list[str]:
    r = random.Random(seed)
    rows = []
    for _ in range(count):
        scale = r.choice(["", "", "/tai", "/utc", "/tt", "/tcg", "/tdb", "/tcb"])
        digits = r.randint(0, 12)
        date = (r.randint(1970, 2099), r.randint(1, 12), r.randint(1, 28))
        clock = (r.randint(0, 23), r.randint(0, 59), r.randint(0, 59))
        fraction = "." + "".join(r.choice("0123456789") for _ in range(digits)) if digits else ""
        match r.randint(0, 11):
            case 0 | 1:
                text = "{:04d}-{:02d}-{:02d} {:02d}:{:02d}:{:02d}".format(*date, *clock) + fraction
            case 2:
                text = "{:04d}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}".format(*date, *clock) + fraction
            case 3:
                text = "{}-{}-{}{}{}:{}:{}".format(*date, r.choice(" T"), *clock) + fraction
            case 4:
                text = "{:04d}:{:03d}:{:02d}:{:02d}:{:02d}".format(date[0], r.randint(1, 365), *clock) + fraction
            case 5:
                text = r.choice(["", "mjd/"]) + repr(round(r.uniform(40600, 88000), r.randint(1, 11)))
            case 6:
                text = "jd/" + repr(round(r.uniform(2440600, 2488000), r.randint(1, 9)))
            case 7:
                text = r.choice(["unix/", "unix_tai/", "unix/"]) + repr(round(r.uniform(1e5, 4e9), r.randint(1, 7)))
            case 8:
                text = r.choice(["gps/", "galexsec/", "cxcsec/"]) + repr(round(r.uniform(1e5, 3e9), r.randint(1, 6)))
            case 9:
                text = r.choice(["decimalyear/", "jyear/", "byear/"]) + repr(round(r.uniform(1971, 2099), r.randint(1, 12)))
            case 10:
                text = "plot_date/" + repr(round(r.uniform(719200, 766000), r.randint(1, 10)))
            case 11:
                text = "stardate/" + repr(round(r.uniform(-300000, -210000), r.randint(1, 10)))
        rows.append(text + scale)
    return rows


def nanoseconds(text: str) -> str:
    try:
        return str(TimeConverter().astropy_to_nsec(_parseTimeString(text)))
    except Exception:
        return "error"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        texts = random_literals(int(sys.argv[1]), int(sys.argv[2]))
    else:
        texts = [text for row in CHOSEN.split("\n") for text in row.split("|")] + random_literals(20261121, 340)
    for text in texts:
        print(text, nanoseconds(text), sep="\t")
