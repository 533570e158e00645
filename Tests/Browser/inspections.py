"""An inspection on two machines without a line: found, signed, edited elsewhere, printed and checked."""

import base64
import json
import os
import re
import shutil
import subprocess

from selenium.webdriver.common.action_chains import ActionChains

from world import Failed


def _pick(browser, selector):
    """Clicks where the bar at the bottom does not lie over it."""
    place = browser.one(selector)
    browser.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", place)
    place.click()


def _draw(browser, role):
    """Signs in the frame of that role as a hand does: pressed, moved, let go."""
    sheet = browser.one(f"[data-signature='f-{role}_signature-strokes'] svg")
    # It is asked for once the way of signing is chosen.
    browser.until(f"{role} is asked to sign", lambda: sheet.is_displayed() and sheet.size["width"] > 0)
    browser.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", sheet)
    width, height = sheet.size["width"], sheet.size["height"]
    actions = ActionChains(browser.driver, duration=20)
    actions.move_to_element_with_offset(sheet, int(-width * 0.35), int(height * 0.2)).click_and_hold()
    for x, y in ((0.1, -0.5), (0.1, 0.4), (0.12, -0.35), (0.15, 0.3), (0.18, -0.1)):
        actions.move_by_offset(int(width * x), int(height * y))
    actions.release().perform()
    browser.until(f"{role} has signed", lambda: browser.one(f"#f-{role}_signature-strokes").get_attribute("value").count(",") > 4)


def _fits(browser, name):
    for width, height in ((360, 780), (1440, 900)):
        browser.size(width, height)
        scroll, inner = browser.overflow()
        assert scroll <= inner, f"{name}: {scroll} px wide in {inner}"
        assert not browser.nameless(), (name, browser.nameless())
        browser.picture_whole(f"{name}-{width}")


def _save(browser, saved="Đã lưu trên máy này"):
    browser.leaves(lambda: browser.press_with_control("s"))
    browser.sees(saved)
    return browser.driver.current_url.split("?")[0].rsplit("/", 1)[1]


def _print(world, browser, name):
    """The page as A4 pages of a PDF, and as pictures of them."""
    data = browser.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": False})["data"]
    path = os.path.join(world.room, name + ".pdf")
    with open(path, "wb") as file:
        file.write(base64.b64decode(data))
    subprocess.run(["pdftoppm", "-r", "150", "-png", path, path[:-4]], check=True)
    pages = sorted(os.path.join(world.room, file) for file in os.listdir(world.room) if re.match(rf"{name}-\d+\.png", file))
    if browser.pictures:
        for page in pages:
            shutil.copy(page, browser.pictures)
    return path, pages


def _code(pages):
    """What the QR code of the paper says."""
    read = subprocess.run(["zbarimg", "--quiet", "--raw", *pages], capture_output=True, text=True)
    if not read.stdout.strip():
        raise Failed("no code can be read from the paper")
    return read.stdout.strip().splitlines()[0]


def inspection_on_the_bank(world, browser):
    """From the register to the checked paper; a second inspector adds at once, and edits what was signed."""
    lan, minh = world.agents
    world.hub.stop()
    lan.serve("--no-sync")
    browser.size(360, 780)
    browser.open(lan.url + "/")
    browser.leaves(lambda: browser.choose("#who", "lan.31120"))

    # The register: a place that was set by hand says why.
    browser.open(lan.url + "/forms/facility/new")
    browser.one("[name='v.facility']").send_keys("Quán ăn Bến Ninh Kiều")
    browser.one("[name='v.address']").send_keys("38 Hai Bà Trưng")
    browser.one("[name='v.place']").send_keys("10.03312, 105.78841")
    browser.leaves(lambda: browser.press_with_control("s"))
    browser.sees("do người nhập đặt mà chưa có lý do")
    browser.one("[name='v.place']").send_keys("; máy không có định vị")
    facility = _save(browser)
    lan.run("record", "new", "facility", "--set", "facility=Quán Bến Ninh Kiều", "--set", "address=38, Hai Bà Trưng")
    browser.open(f"{lan.url}/records/{facility}")
    browser.sees("Có thể trùng với")
    browser.sees("địa chỉ giống nhau")

    # The checklist begins with what the register knows.
    browser.click(f"a[href='/forms/kt_pccc/new?v.facility_record={facility}']")
    assert browser.one("[name='v.facility']").get_attribute("value") == "Quán ăn Bến Ninh Kiều"
    assert browser.one("[name='v.facility_record']:checked").get_attribute("value") == facility
    _pick(browser, "label[for='f-i01-0']")
    _pick(browser, "label[for='f-i06-1']")
    browser.one("[name='v.i03_number']").send_keys("4")
    browser.driver.execute_script("document.querySelector('[name=\"v.ended_at\"]').value = '2026-11-20T10:00'")
    browser.one("[name='v.place']").send_keys(" ")
    visit = _save(browser)
    browser.sees("chờ ký")

    # A finding with something to be done, and one of the other inspector, who has the visit and no line.
    browser.click(f"a[href='/forms/finding/new?v.visit={visit}']")
    browser.one("[name='v.what']").send_keys("Cửa thoát nạn tầng 2 bị khóa <b>")
    _pick(browser, "label[for='f-severity-2']")
    browser.picture("finding-form-360")
    finding = _save(browser)
    browser.click(f"a[href='/forms/recommendation/new?v.finding={finding}']")
    browser.one("[name='v.what']").send_keys("Mở khóa, lắp thanh đẩy")
    browser.one("[name='v.owner']").send_keys("Bà Trần Thị Tư")
    browser.driver.execute_script("document.querySelector('[name=\"v.due\"]').value = '2026-11-25'")
    requirement = _save(browser)
    world.hub.serve()
    lan.run("sync")
    minh.run("sync")
    theirs = minh.run(
        "record", "new", "finding", "--set", "what=Bình chữa cháy hết hạn", "--set", "severity=major", "--set", f"visit={visit}")["record"]
    minh.run("sync")
    lan.run("sync")
    world.hub.stop()

    # Signed on the screen of a telephone's width; what is signed can be read before.
    browser.open(f"{lan.url}/records/{visit}")
    browser.sees("Bình chữa cháy hết hạn")
    browser.click("a[href^='/forms/inspection_record/new']")
    browser.one("[name='v.number']").send_keys("12/BB-KT")
    browser.driver.execute_script("document.querySelector('[name=\"v.made_at\"]').value = '2026-11-20T10:30'")
    browser.one("[name='v.made_in']").send_keys("Bến Ninh Kiều")
    browser.one("[name='v.statement']").send_keys("Cơ sở sẽ khắc phục đúng hạn.")
    _pick(browser, "label[for='f-manner-0']")
    browser.one("[name='v.leader_name']").send_keys("Nguyễn Thị Lan")
    browser.one("[name='v.leader_title']").send_keys("Công chức phường")
    _pick(browser, "label[for='f-refused-0']")
    browser.until("the party is asked", lambda: browser.one("[name='v.party_name']").is_displayed())
    browser.one("[name='v.party_name']").send_keys("Trần Thị Tư")
    _draw(browser, "leader")
    # Without the party's signature it is not saved, and the leader's is still there.
    browser.leaves(lambda: browser.press_with_control("s"))
    browser.sees("Chữ ký của đại diện")
    assert browser.one("#f-leader_signature-strokes").get_attribute("value"), "the first signature was lost"
    _draw(browser, "party")
    browser.picture_whole("signing-360")
    record = _save(browser)
    browser.sees("Đã ký biên bản số 12/BB-KT")
    assert len(browser.all(".signature-shown path")) == 2
    browser.picture_whole("signed-360")
    for word in (visit, finding, requirement, record):
        assert lan.run("record", "delete", word, fails=True) == "record.sealed"
    browser.open(f"{lan.url}/records/{visit}")
    browser.sees("Đã ký biên bản số 12/BB-KT")
    assert not browser.all(f"a[href='/records/{visit}/edit']"), "a signed record offers to be edited"
    browser.sees("quá hạn")
    _fits(browser, "visit")

    # The other machine edits it meanwhile.
    minh.run("record", "edit", visit, "--set", "i06=dat")
    world.hub.serve()
    lan.run("sync")
    assert minh.run("sync")["refused"] == 1
    minh.serve("--no-sync")
    browser.open(minh.url + "/outbox")
    browser.sees("Đã ký biên bản: không sửa được nữa")
    browser.sees("Ghi điều cần sửa vào biên bản bổ sung")
    browser.picture("sealed-outbox")
    assert minh.run("record", "show", visit)["fields"]["i06"] == "khong_dat"
    lan.run("sync")
    browser.open(f"{lan.url}/records/{visit}")
    browser.sees("Bị từ chối")

    # On paper, and read back from it.
    browser.open(f"{lan.url}/records/{record}/paper")
    browser.sees("12/BB-KT")
    _fits(browser, "paper")
    _, pages = _print(world, browser, "paper")
    code = _code(pages)
    assert code.startswith(world.hub.url + "/paper/"), code
    for program in (lan, minh, world.hub):
        checked = program.run("verify", "--paper", code)
        assert checked["paper"] == "green" and checked["number"] == "12/BB-KT", checked
    forged = code[:-1] + ("0" if code[-1] != "0" else "1")
    done = subprocess.run(
        [world.hub.path, "verify", "--paper", forged, "--dir", world.hub.folder, "--json"], capture_output=True, text=True)
    assert done.returncode == 1 and json.loads(done.stdout)["paper"] == "red", done
    browser.open(code)
    browser.sees("Khớp với sổ đã ký")
    browser.sees("12/BB-KT")
    _fits(browser, "paper-check")

    # What is to be corrected goes into a supplement, by the other machine.
    browser.size(360, 780)
    browser.open(f"{minh.url}/records/{visit}")
    browser.click("a[href^='/forms/record_supplement/new']")
    browser.one("[name='v.number']").send_keys("12a/BB-KT")
    browser.one("[name='v.what']").send_keys("Mục 06: cửa đã được mở lúc 14 giờ.")
    browser.one("[name='v.why']").send_keys("Chủ cơ sở mở khóa ngay trong buổi kiểm tra.")
    browser.driver.execute_script("document.querySelector('[name=\"v.made_at\"]').value = '2026-11-20T15:00'")
    browser.one("[name='v.made_in']").send_keys("Bến Ninh Kiều")
    _pick(browser, "label[for='f-manner-0']")
    browser.one("[name='v.leader_name']").send_keys("Trần Văn Minh")
    _draw(browser, "leader")
    supplement = _save(browser)
    minh.run("sync")
    browser.open(f"{minh.url}/records/{supplement}/paper")
    browser.sees("Bổ sung cho biên bản số 12/BB-KT")
    _print(world, browser, "supplement")
    browser.open(code)
    browser.sees("Có biên bản bổ sung: 12a/BB-KT.")
    browser.sees("Khớp, nhưng cần lưu ý")

    # Remedied, looked at again, closed.
    lan.run(
        "record", "new", "remediation", "--set", "what=Đã mở", "--set", "on_date=2026-11-22", "--set", f"recommendation={requirement}")
    browser.open(f"{lan.url}/records/{visit}")
    browser.sees("báo đã khắc phục")
    for looked_at, standing in ((finding, "đã nộp"), (theirs, "đã đóng")):
        lan.run(
            "record", "new", "reinspection", "--set", "result=khac_phuc_xong", "--set", "on_date=2026-11-23", "--set",
            f"finding={looked_at}")
        browser.open(f"{lan.url}/records/{visit}")
        browser.sees(standing)
    browser.open(lan.url + "/inspections?status=all")
    browser.sees("đã đóng")
    _fits(browser, "inspections")
    browser.open(f"{lan.url}/records/{facility}")
    browser.sees("Các lần kiểm tra trước")
    _fits(browser, "facility")
    lan.run("sync")

    # At the hub.
    from journeys import sign_in
    sign_in(world, browser)
    browser.open(world.hub.url + "/inspections")
    browser.sees("1 lần kiểm tra")
    _fits(browser, "board")
    browser.open(world.hub.url + "/inspections?severity=minor")
    browser.sees("0 lần kiểm tra")
    browser.open(f"{world.hub.url}/records/{visit}")
    browser.sees("Đã ký biên bản số 12/BB-KT")
    _fits(browser, "hub-visit")
    for program in (lan, minh, world.hub):
        assert program.run("verify")["ok"]
    lan.stop()
    minh.stop()
