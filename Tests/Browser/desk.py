"""The hub's desk: cases found, asked about, previewed, settled, opened again; and work that was refused."""


def _fits(browser, name):
    for width, height in ((360, 780), (1440, 900)):
        browser.size(width, height)
        scroll, inner = browser.overflow()
        assert scroll <= inner, f"{name}: {scroll} px wide in {inner}"
        assert not browser.nameless(), (name, browser.nameless())
        browser.picture_whole(f"{name}-{width}")


def _sign_in(world, browser):
    browser.open(world.hub.url + "/sign-in")
    browser.one("#name").send_keys("viet")
    browser.one("#password").send_keys(world.PASSWORD)
    browser.click("main button")


def desk_of_conflicts(world, browser):
    """An admin asks the authors, reads what they answer, looks at what would come of it, settles, and opens the case again."""
    lan, minh = world.agents
    word = world.conflict()
    other = lan.run("record", "new", "kt_pccc", "--as", "lan.31120", "--set", "facility=Chợ Cái Khế", "--set", "inspected_on=2026-07-01")["record"]
    lan.run("sync")
    minh.run("sync")
    lan.run("record", "edit", other, "--as", "lan.31120", "--set", "address=12 Trần Văn Khéo", "--set", "team=Đội 1")
    minh.run("record", "edit", other, "--as", "minh.31120", "--set", "address=12 Trần Phú")
    for agent in (lan, minh, lan):
        agent.run("sync")
    _sign_in(world, browser)
    browser.open(world.hub.url + "/conflicts")
    browser.sees("2 xung đột đang mở")
    _fits(browser, "desk-cases")
    browser.leaves(lambda: browser.choose("#kind", "number"))
    browser.sees("1 xung đột đang mở")
    assert len(browser.all("a.row")) == 1
    browser.leaves(lambda: browser.one("a.row").click())

    # What each side had not seen, and the graph of who had seen what.
    assert len(browser.all(".graph circle")) == 2, "a change is not drawn"
    browser.one("#question").send_keys("Số liệu tuần 24 lấy từ sổ nào?")
    browser.leaves(lambda: browser.one(f"form[action='/conflicts/{word}/ask'] button").click())
    browser.sees("Câu hỏi")
    browser.sees("Chưa trả lời")
    lan.run("sync")
    lan.serve("--no-sync")
    hub = world.hub.url
    browser.open(lan.url + "/")
    browser.leaves(lambda: browser.choose("#who", "lan.31120"))
    browser.sees("Trung tâm hỏi bạn")
    browser.open(lan.url + "/notices")
    browser.sees("Số liệu tuần 24 lấy từ sổ nào?")
    _fits(browser, "desk-asked")
    browser.one("textarea[name=answer]").send_keys("Sổ trực của Trạm Y tế, trang 12")
    browser.leaves(lambda: browser.one("form[action^='/notices/questions/'] button").click())
    browser.sees("Đã lưu câu trả lời")
    lan.run("sync")
    lan.stop()
    browser.open(f"{hub}/conflicts/{word}")
    browser.sees("Sổ trực của Trạm Y tế, trang 12")

    # Everything of one side, what would come of it, and only then the decision.
    browser.leaves(lambda: browser.all("button[name=all]")[0].click())
    assert len(browser.all("input[type=radio]:checked")) == 1
    browser.leaves(lambda: browser.one("#settle button[name=preview]").click())
    browser.sees("Nếu giải quyết như vậy")
    browser.sees("Tổng “")
    assert len(browser.all("input[type=radio]:checked")) == 1, "a preview forgot what was chosen"
    _fits(browser, "desk-case")
    browser.one("#reason").send_keys("Theo sổ trực")
    browser.leaves(lambda: browser.one("#settle .button").click())
    browser.sees("Đã giải quyết xung đột.")
    browser.open(f"{hub}/conflicts/settled")
    browser.sees("Theo sổ trực")
    browser.sees("thay cho")
    browser.one("details summary").click()
    _fits(browser, "desk-settled")
    browser.one("textarea[name=reason]").send_keys("Minh có biên bản đo lại")
    browser.leaves(lambda: browser.one(f"form[action='/conflicts/{word}/reopen'] button").click())
    browser.sees("Xung đột được mở lại.")
    assert world.hub.run("record", "show", word)["conflicts"] == ["value"]
    minh.run("sync")
    assert minh.run("record", "show", word)["conflicts"] == ["value"], "it is not open at the ward"

    # A case of text: what merged by itself is folded away, with its reason.
    browser.open(f"{hub}/conflicts/{other}")
    browser.all("details summary")[0].click()
    browser.sees("sửa mục này.")
    _fits(browser, "desk-merged")


def refused_work(world, browser):
    """What the hub refused is accepted under its author's name, or put aside with a reason that the author reads."""
    lan, _ = world.agents
    world.hub.run("person", "disable", "lan.31120")
    for facility in ("Chợ An Lạc", "Kho Trà Nóc"):
        lan.run("record", "new", "kt_pccc", "--as", "lan.31120", "--set", f"facility={facility}", "--set", "inspected_on=2026-07-01")
    lan.run("sync")
    assert lan.run("status")["refused"] == 2
    _sign_in(world, browser)
    browser.open(world.hub.url + "/refused")
    browser.sees("2 phần việc")
    browser.all("details summary")[0].click()
    _fits(browser, "refused")
    browser.leaves(lambda: browser.all("form[action^='/refused/'] .button")[0].click())
    browser.sees("Đã chấp nhận, đứng tên người nhập.")
    browser.sees("1 phần việc")
    aside = "details:has(input[value=dismiss])"
    browser.one(f"{aside} summary").click()
    browser.one(f"{aside} textarea").send_keys("Đã có ở hồ sơ khác")
    browser.leaves(lambda: browser.one(f"{aside} button").click())
    browser.sees("Đã gác lại; người nhập sẽ đọc lý do.")
    browser.sees("Không có phần việc nào bị từ chối.")
    lan.run("sync")
    assert lan.run("status")["refused"] == 0
    assert world.hub.run("status")["refused"] == 0
