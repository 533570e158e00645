#!/usr/bin/env python3
"""The work that is measured, the same bytes on every machine: `workload.py FOLDER` writes it as JSON lines.

W1  10,000 indicator values of 60 indicators, 103 units and 22 periods, a note with three of ten
W2  20,000 later edits of one or two fields by 20 replicas; about 1,000 are the second half of a concurrent pair
W3  2,000 inspections of ten findings each
W4  50 edits of one replica

One generator of random numbers makes all four in this order, so that the order of the draws below is part of the data.
"""

import hashlib
import json
import pathlib
import random
import sys

SEED = 20261123
BEGIN_MS = 1_790_000_000_000
VALUES, EDITS, REPLICAS, INSPECTIONS, FINDINGS, SMALL = 10_000, 20_000, 20, 2_000, 10, 50

WORDS = """
số liệu được rà soát lại theo biên bản kiểm tra của xã huyện tỉnh chưa đủ hồ sơ cần bổ sung chứng từ gốc
công trình thoát nước bị tắc đường giao thông nông thôn xuống cấp hộ nghèo cận nghèo trẻ em dưới năm tuổi
suy dinh dưỡng tiêm chủng đầy đủ nước sạch hợp vệ sinh nhà tiêu trạm y tế trường học mầm non phòng học kiên cố
diện tích gieo trồng năng suất lúa vụ hè thu đông xuân chăn nuôi gia súc gia cầm dịch bệnh phòng chống thiên tai
lũ lụt sạt lở bờ sông kè bảo vệ rừng cháy rừng khai thác khoáng sản trái phép ô nhiễm môi trường rác thải
sinh hoạt xử lý nước thải cơ sở sản xuất kinh doanh an toàn thực phẩm phòng cháy chữa cháy thiết bị hết hạn
không đạt yêu cầu đề nghị khắc phục trước ngày kiến nghị xử phạt vi phạm hành chính cán bộ phụ trách xác nhận
đã đối chiếu với phòng thống kê ước tính tăng giảm so với cùng kỳ năm trước do thời tiết bất lợi giá cả biến động
""".split()
STATES = ["draft", "submitted", "approved", "rejected"]
SEVERITIES = ["low", "medium", "high", "critical"]
INDICATORS = [f"KT{letter}{number:02d}" for letter in "ABCDEF" for number in range(1, 11)]
UNITS = [f"{level}.{number:03d}" for level, most in (("TINH", 3), ("HUYEN", 20), ("XA", 80))
         for number in range(1, most + 1)]
PEOPLE = [f"u{number:04d}" for number in range(1, 301)]
PERIODS = [f"{2025 + month // 12}-{month % 12 + 1:02d}" for month in range(22)]


class Workload:
    """All four parts, drawn when it is made."""

    def __init__(self):
        self.random = random.Random(SEED)
        self.values = [self.indicator_value(number) for number in range(VALUES)]
        self.ids = [value["id"] for value in self.values]
        day_after = self.values[-1]["ts"] + 86_400_000
        self.edits = self.make_edits(EDITS, REPLICAS, day_after, with_pairs=True)
        self.inspections = [self.inspection(number) for number in range(INSPECTIONS)]
        self.small = self.make_edits(SMALL, 1, day_after, with_pairs=False)
        end = self.edits[-1]["ts"] + 60_000
        for number, edit in enumerate(self.small):
            edit.update(seq=EDITS + 1 + number, ts=end + 777 * number)

    @property
    def parts(self):
        return {"W1": self.values, "W2": self.edits, "W3": self.inspections, "W4": self.small}

    def identifier(self, milliseconds):
        """A UUID of version 7."""
        bits = milliseconds << 80 | int.from_bytes(self.random.randbytes(10), "big")
        bits = bits & ~(0xF << 76) | 7 << 76
        bits = bits & ~(3 << 62) | 2 << 62
        digits = f"{bits:032x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    def text(self, least, most):
        length = self.random.randint(least, most)
        text = self.random.choice(WORDS)
        while len(text) < length:
            text += " " + self.random.choice(WORDS)
        text = text[:most].strip()
        return text[0].upper() + text[1:]

    def number(self):
        kind = self.random.random()
        if kind < 0.45:
            return str(self.random.randint(0, 5000))
        if kind < 0.8:
            return f"{self.random.uniform(0, 100):.2f}"
        return f"{self.random.uniform(0, 2_000_000):.1f}"

    def field(self, name):
        match name:
            case "value": return self.number()
            case "status": return self.random.choice(STATES)
            case "note": return self.text(15, 90)
            case _: return self.random.choice(PEOPLE)

    def indicator_value(self, number):
        draw = self.random
        time = BEGIN_MS + 7919 * number + draw.randint(0, 3000)
        record = {"id": self.identifier(time), "indicator": draw.choice(INDICATORS), "unit": draw.choice(UNITS),
                  "period": draw.choice(PERIODS), "value": self.number()}
        if draw.random() < 0.3:
            record["note"] = self.text(15, 90)
        record["status"] = draw.choices(STATES, (5, 3, 8, 1))[0]
        record["author"] = draw.choice(PEOPLE)
        record["ts"] = time
        return record

    def make_edits(self, count, replicas, time, with_pairs):
        draw = self.random
        edits = []
        while len(edits) < count:
            time += draw.randint(50, 4000)
            record = draw.choice(self.ids)
            replica = draw.randint(1, replicas)
            amount = draw.choice((1, 1, 2))
            names = draw.sample(["value", "status", "note", "author"], amount, counts=(5, 4, 2, 1))
            fields = {}
            for name in names:
                fields[name] = self.field(name)
            edits.append({"seq": len(edits) + 1, "replica": replica, "id": record, "set": fields, "ts": time})
            if with_pairs and len(edits) < count and draw.random() < 1000 / 19000:
                edits.append(self.other_half(edits[-1], replicas))
        return edits

    def other_half(self, edit, replicas):
        """Another replica's edit of the same field of the same record, made without sight of `edit`."""
        others = [replica for replica in range(1, replicas + 1) if replica != edit["replica"]]
        replica = self.random.choice(others)
        name, theirs = next(iter(edit["set"].items()))
        mine = self.field(name)
        while mine == theirs:
            mine = self.field(name)
        return {"seq": edit["seq"] + 1, "replica": replica, "id": edit["id"], "set": {name: mine},
                "ts": edit["ts"] + self.random.randint(0, 40), "conflict": edit["seq"]}

    def inspection(self, number):
        draw = self.random
        time = BEGIN_MS + 40_000 * number + draw.randint(0, 9000)
        latitude, longitude = draw.uniform(10.2, 11.1), draw.uniform(105.1, 106.9)
        findings = [self.finding(time + 1000 * place, latitude, longitude) for place in range(FINDINGS)]
        return {"id": self.identifier(time), "site": draw.choice(UNITS), "inspector": draw.choice(PEOPLE), "ts": time,
                "findings": findings}

    def finding(self, time, latitude, longitude):
        draw = self.random
        finding = {"id": self.identifier(time), "text": self.text(20, 200),
                   "severity": draw.choices(SEVERITIES, (4, 4, 2, 1))[0]}
        finding["lat"] = round(latitude + draw.uniform(-0.002, 0.002), 6)
        finding["lon"] = round(longitude + draw.uniform(-0.002, 0.002), 6)
        finding["due"] = f"2026-{draw.randint(11, 12)}-{draw.randint(1, 28):02d}"
        return finding


def line(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def lines(rows):
    return "".join(line(row) + "\n" for row in rows).encode()


def write(folder, workload=None):
    """Writes the four files, and W1 ten times over with later times as W1x10."""
    workload = workload or Workload()
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in workload.parts.items():
        (folder / f"{name}.jsonl").write_bytes(lines(rows))
    return workload


def main():
    workload = write(sys.argv[1] if len(sys.argv) > 1 else "workload")
    for name, rows in workload.parts.items():
        data = lines(rows)
        print(name, len(rows), len(data), "bytes", "sha256", hashlib.sha256(data).hexdigest()[:16])


if __name__ == "__main__":
    main()
