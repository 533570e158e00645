"""People at the hub: somebody is added, gets a role for a time, signs in, and is locked; the audit tells of it."""

from desk import _fits, _sign_in


def people_at_the_hub(world, browser):
    """An admin adds a leader, gives an inspector a fortnight in the ward, and hands work that came from the wrong ward to another."""
    hub = world.hub.url
    _sign_in(world, browser)
    browser.open(hub + "/people")
    browser.sees("Bùi Quốc Việt")
    _fits(browser, "people")
    browser.size(1440, 900)
    browser.leaves(lambda: browser.one("a[href='/people/new']").click())

    # What is missing is said, and what was typed stays.
    browser.one("#name").send_keys("Trần Thị Hòa")
    browser.leaves(lambda: browser.click("form[action='/people/new'] button"))
    browser.sees("Chưa chọn vai trò")
    assert browser.one("#name").get_attribute("value") == "Trần Thị Hòa"
    _fits(browser, "people-new")
    browser.one("#id").send_keys("hoa.tran")
    browser.choose("#unit", world.UNIT)
    browser.choose("#role", "unit_leader")
    browser.leaves(lambda: browser.click("form[action='/people/new'] button"))
    browser.sees("Chỉ hiện một lần")
    password = browser.one("code.word").text
    assert len(password) == 14 and password not in browser.driver.current_url, password
    _fits(browser, "people-password")
    browser.open(hub + "/people/hoa.tran")
    assert password not in browser.driver.page_source
    browser.sees("Lãnh đạo đơn vị")

    # A role in another unit, from a day to a day.
    browser.open(hub + "/people/lan.31120")
    browser.one("details summary").click()
    browser.choose("#unit", "31135")
    browser.choose("#role", "inspector")
    for name, day in (("from", "2026-12-01"), ("until", "2026-12-14")):
        browser.driver.execute_script("arguments[0].value = arguments[1]", browser.one(f"#{name}"), day)
    browser.leaves(lambda: browser.click("form[action='/people/lan.31120/roles'] button"))
    browser.sees("Đã giao vai trò")
    browser.sees("01/12/2026 – 14/12/2026")
    _fits(browser, "people-person")

    # The leader sees their own unit, and nothing of the rest.
    browser.size(1440, 900)
    browser.click("form[action='/sign-out'] button")
    browser.open(hub + "/sign-in")
    browser.one("#name").send_keys("hoa.tran")
    browser.one("#password").send_keys(password)
    browser.leaves(lambda: browser.click("main button"))
    browser.sees("0 xung đột đang mở")
    _fits(browser, "people-leader")
    browser.size(1440, 900)
    links = [link.get_attribute("href") for link in browser.all("nav a")]
    assert not any("/audit" in (link or "") for link in links), links
    browser.open(hub + "/people")
    browser.sees("hoa.tran")
    assert "Bùi Quốc Việt" not in browser.driver.page_source
    browser.open(hub + "/audit")
    browser.sees("Vai trò của bạn không xem được nhật ký quản trị")
    browser.open(hub + "/records")
    browser.click("form[action='/sign-out'] button")

    # Work of somebody who belongs to another ward: closed here, continued there.
    lan = world.agents[0]
    world.hub.run("person", "add", "thu.31135", "--name", "Lê Thu", "--role", "ward_staff", "--unit", "31135")
    word = lan.run(
        "record", "new", "kt_pccc", "--as", "thu.31135", "--set", "facility=Bến Ninh Kiều", "--set", "inspected_on=2026-07-01")["record"]
    assert lan.run("sync")["refused"] == 1
    _sign_in(world, browser)
    browser.open(hub + "/refused")
    browser.sees("Bến Ninh Kiều")
    browser.all("summary")[0].click()
    _fits(browser, "refused-move")
    browser.size(1440, 900)
    browser.choose("select[name=to]", "31135")
    browser.one("textarea[id^='move-reason']").send_keys("Cơ sở thuộc phường Ninh Kiều")
    browser.leaves(lambda: browser.click("form:has(select[name=to]) button"))
    browser.sees("Đã chuyển sang đơn vị khác")
    browser.open(f"{hub}/records/{word}")
    browser.sees("khép lại ở đây")
    _fits(browser, "moved-away")
    lan.run("record", "edit", word, "--as", "lan.31120", "--set", "address=12 Trần Phú")
    lan.run("sync")
    browser.open(hub + "/refused")
    browser.sees("Sửa ở đơn vị cũ sau khi đã chuyển")
    browser.sees("Bến Ninh Kiều")
    _fits(browser, "moved-late")
    browser.leaves(lambda: browser.click("form:has(input[value=seen]) button"))
    browser.sees("Đã ghi là đã xem")

    # All of it is in the audit, which verify recomputes.
    browser.open(hub + "/audit")
    browser.sees("chuyển việc bị từ chối sang đơn vị khác")
    _fits(browser, "audit")
    browser.leaves(lambda: browser.choose("#act", "role-given"))
    browser.sees("1 mục")
    browser.sees("14/12/2026")
    end = world.hub.run("audit")["head"]
    assert world.hub.run("verify", "--audit", end)["ok"]
