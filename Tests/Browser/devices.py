"""The board of devices at the hub: a new machine by code and QR, what it tells, and one that is lost."""

import os
import re
import subprocess

from world import Program


def _fits(browser, name):
    for width, height in ((360, 780), (1440, 900)):
        browser.size(width, height)
        scroll, inner = browser.overflow()
        assert scroll <= inner, f"{name}: {scroll} px wide in {inner}"
        assert not browser.nameless(), (name, browser.nameless())
        browser.picture_whole(f"{name}-{width}")


def _scanned(browser, room):
    """What the QR code of the page says."""
    picture = os.path.join(room, "code.png")
    browser.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", browser.one(".qr"))
    browser.driver.save_screenshot(picture)
    return subprocess.run(["zbarimg", "--quiet", "--raw", picture], capture_output=True, text=True).stdout.strip()


def devices_at_the_hub(world, browser):
    """From the code to the new machine's first contact; a machine with work on it is lost, and its work is told."""
    from journeys import sign_in
    lan, minh = world.agents
    lan.run("record", "new", "indicator_value", "--as", "lan.31120", "--set", "indicator=YT.01", "--set", "unit=31120", "--set",
            "period=2026-W24", "--set", "value=4")
    lan.run("sync")
    sign_in(world, browser)

    browser.open(world.hub.url + "/devices")
    browser.sees("2 máy")
    browser.sees("Phiên bản 0.1.0")
    _fits(browser, "devices")

    # A new machine, by a code that is shown once.
    browser.size(1440, 900)
    browser.click("a[href='/devices/enrol']")
    _fits(browser, "enrol")
    browser.choose("#unit", "31120")
    browser.click("form[action='/devices/enrol'] button")
    browser.sees("Mã chỉ hiện lần này")
    _fits(browser, "enrolled")
    command = browser.one(".office-line").text
    assert _scanned(browser, world.room) == command, "the code says another command"
    assert re.fullmatch(rf"phusa enrol --hub {world.hub.url} --code \S+", command), command
    code = command.split()[-1]
    assert code not in browser.driver.current_url
    browser.open(browser.driver.current_url)
    assert code not in browser.driver.page_source, "the code can be loaded again"
    fresh = Program(world.binaries, "phusa", os.path.join(world.room, "fresh"))
    fresh.run("enrol", "--hub", world.hub.url, "--code", code)
    browser.open(world.hub.url + "/devices?standing=never-seen")
    browser.sees("1 máy")
    browser.sees("Chưa liên lạc lần nào")
    fresh.run("sync")
    assert fresh.run("sync")["roundTrips"] == 1

    # What it told stands at the command line too.
    word = lan.run("status")["replica"]
    told = world.hub.run("device", "show", word)
    assert told["version"] == "0.1.0" and told["waiting"] == 0 and told["standing"] == "on-time", told
    assert told["changes"] == 1 and told["authors"] == ["lan.31120"], told
    listed = world.hub.run("device", "list")
    assert len(listed) == 3 and all(device["reported"] and device["disk"] > 0 for device in listed), listed

    # By keyboard to the one that is lost.
    browser.open(world.hub.url + "/devices")
    browser.tab_to(f"a[href='/devices/{word}']")
    from selenium.webdriver.common.keys import Keys
    browser.leaves(lambda: browser.press(Keys.ENTER))
    browser.sees("Máy liên lạc như mọi khi.")
    _fits(browser, "device")
    browser.click(f"a[href='/devices/{word}/lost']")
    browser.sees("Việc sẽ xảy ra")
    _fits(browser, "lost")
    browser.click("main form button")
    browser.sees("Ghi lý do")
    browser.one("#reason").send_keys("Rơi xuống sông ở bến Ninh Kiều")
    browser.leaves(lambda: browser.click("main form button"))
    browser.sees("Đã thu hồi máy.")
    browser.sees("1 thay đổi đã được nhận.")
    browser.sees("Nguyễn Thị Lan")
    _fits(browser, "lost-after")

    # It is found, and what was on it comes as refused work.
    lan.run("record", "new", "indicator_value", "--as", "lan.31120", "--set", "indicator=YT.01", "--set", "unit=31120", "--set",
            "period=2026-W25", "--set", "value=5")
    assert lan.run("sync", fails=True) == "device.revoked"
    browser.open(f"{world.hub.url}/devices/{word}/lost")
    browser.sees("Hiện có 1 việc như vậy chờ xem.")

    browser.open(f"{world.hub.url}/devices/{minh.run('status')['replica']}")
    browser.click("form[action$='/retire'] button")
    browser.sees("Đã ghi là máy không dùng nữa.")
    browser.open(world.hub.url + "/devices")
    _fits(browser, "devices-after")
