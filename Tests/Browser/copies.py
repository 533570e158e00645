"""Copies of the hub: an admin has one made, sees that it was put back on trial, and the program goes back to it."""

import os

from desk import _fits, _sign_in


def copies_of_the_hub(world, browser):
    """An admin presses Back up now and sees the copy come; a copy that is late is said on every page; a restore works."""
    hub = world.hub
    _sign_in(world, browser)
    browser.open(hub.url + "/backups")
    browser.sees("Chưa có bản sao lưu nào")
    browser.leaves(lambda: browser.click("form[action='/backups'] button"))
    browser.sees("Đã bắt đầu sao lưu")
    # The page comes anew by itself.
    browser.until("the copy", lambda: browser.all(".row .badge"))
    browser.sees("đã kiểm tra toàn bộ")
    browser.sees("Bản sao nằm cùng ổ đĩa")
    _fits(browser, "copies")
    told = hub.run("backups")
    copy = told["generations"][0]["file"]
    assert os.path.exists(copy) and not told["late"], told
    browser.open(hub.url + "/audit?act=copy-asked")
    browser.sees("yêu cầu sao lưu trung tâm")

    # Back to the copy: a new epoch, and the page tells the two apart.
    hub.stop()
    assert hub.run("restore", copy)["epoch"] == 2
    os.remove(copy)
    hub.serve()
    _sign_in(world, browser)
    browser.open(hub.url + "/backups")
    browser.sees("không còn tệp ở đó")
    _fits(browser, "copies-gone")
