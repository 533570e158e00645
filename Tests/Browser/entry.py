"""The hub's own entry: a record for a unit, changed, a task given, and a table taken home."""

import glob
import os
import tempfile

from desk import _fits, _sign_in


def entry_at_the_hub(world, browser):
    """An admin enters a record for a ward, changes it, gives the ward a task and takes the list home; the ward sees all of it."""
    lan = world.agents[0]
    hub = world.hub.url
    space = f"{world.UNIT}/general"
    _sign_in(world, browser)
    browser.open(hub + "/records")
    _fits(browser, "entry-records")
    browser.leaves(lambda: browser.one("a[href^='/records/new']").click())
    _fits(browser, "entry-choice")
    browser.choose("#form", "kt_pccc")
    browser.choose("#unit", space)
    browser.leaves(lambda: browser.click("main form button.button"))
    browser.sees("Phường Cái Khế")
    browser.one("[name='v.facility']").send_keys("Chợ nổi Cái Răng")
    browser.until("the draft is kept", lambda: "Đã giữ bản nháp" in browser.one("[data-draft-status]").text)
    _fits(browser, "entry-form")

    # What was typed is found again where the window was closed.
    browser.open(hub + "/drafts")
    browser.sees("Chợ nổi Cái Răng")
    _fits(browser, "entry-drafts")
    browser.leaves(lambda: browser.one("a[href^='/drafts/'].row-name").click())
    browser.one("[name='v.inspected_on']").send_keys("07012026")
    browser.leaves(lambda: browser.click(".save-bar button.button"))
    browser.sees("Đã lưu")
    _fits(browser, "entry-record")
    word = browser.one("code.word").text
    browser.leaves(lambda: browser.one(f"a[href='/records/{word}/edit']").click())
    browser.one("[name='v.address']").send_keys("12 Trần Phú")
    browser.leaves(lambda: browser.click(".save-bar button.button"))
    browser.sees("12 Trần Phú")
    lan.run("sync")
    assert lan.run("record", "show", word)["fields"]["address"] == "12 Trần Phú"

    browser.open(hub + "/tasks")
    _fits(browser, "entry-tasks")
    browser.picture("entry-tasks-top")
    browser.leaves(lambda: browser.one("a[href^='/tasks/new']").click())
    browser.choose("#unit", space)
    browser.leaves(lambda: browser.click("main form button.button"))
    browser.one("[name='v.task']").send_keys("NV-901")
    browser.one("[name='v.work']").send_keys("Rà soát bến đò ngang")
    browser.one("[name='v.due']").send_keys("12312099")
    _fits(browser, "entry-task-form")
    browser.leaves(lambda: browser.click(".save-bar button.button"))
    browser.open(hub + f"/tasks?unit={space.replace('/', '%2F')}")
    browser.sees("Rà soát bến đò ngang")
    _fits(browser, "entry-tasks-unit")
    lan.run("sync")
    lan.serve("--no-sync")
    browser.open(lan.url + "/tasks")
    browser.sees("Rà soát bến đò ngang")
    lan.stop()

    browser.open(hub + f"/records?form=kt_pccc&unit={space.replace('/', '%2F')}")
    _fits(browser, "entry-list")
    folder = tempfile.mkdtemp(dir=world.room)
    browser.saves_into(folder)
    browser.one("a[href*='as=excel']").click()
    browser.until("the table is there", lambda: glob.glob(folder + "/*.csv"))
    with open(glob.glob(folder + "/*.csv")[0], "rb") as file:
        table = file.read()
    assert table.startswith(b"\xef\xbb\xbf") and "Chợ nổi Cái Răng".encode() in table
    assert os.path.basename(file.name).startswith("phusa-kt_pccc-31120-")
    assert not browser.complaints(), browser.complaints()
