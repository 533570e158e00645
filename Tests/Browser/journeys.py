"""What people do with the pages, from the first click to what they see at the end."""

import base64
import hashlib
import os
import urllib.error
import urllib.request

from selenium.webdriver.common.keys import Keys

from browser import Browser, SIZES
from copies import copies_of_the_hub
from desk import desk_of_conflicts, refused_work
from devices import devices_at_the_hub
from entry import entry_at_the_hub
from people import people_at_the_hub
from inspections import inspection_on_the_bank
from world import Program


def sign_in(world, browser):
    browser.open(world.hub.url + "/sign-in")
    browser.one("#name").send_keys("viet")
    browser.one("#password").send_keys(world.PASSWORD)
    browser.click("main button")


def enter_offline_then_sync(world, browser):
    """A record entered while the hub is away waits; when it is back, Sync now brings it there."""
    lan = world.agents[0]
    world.hub.stop()
    lan.serve("--no-sync")
    browser.open(lan.url + "/")
    browser.leaves(lambda: browser.choose("#who", "lan.31120"))
    browser.click("a[href='/forms/indicator_value/new']")
    browser.choose("[name='v.indicator']", "YT.01")
    browser.one("[name='v.period']").send_keys("2026-W25")
    browser.one("[name='v.value']").send_keys("1.234,5")
    browser.leaves(lambda: browser.press_with_control("s"))
    browser.sees("Đã lưu trên máy này; chờ gửi về trung tâm.")
    browser.sees("Nguyễn Thị Lan")
    browser.sees("1.234,5")
    assert browser.all(".badge-waiting"), "nothing says that the record waits"
    page = browser.driver.current_url.split("?")[0]

    browser.open(lan.url + "/outbox")
    browser.click("main form button")
    browser.sees("Không liên lạc được với trung tâm")
    browser.sees("Dữ liệu đã lưu ở đây")
    browser.open(lan.url + "/")
    assert browser.one(".figure-waiting .figure-number").text == "1"

    world.hub.serve()
    browser.click(".sync form button")
    browser.sees("Xong. Đã gửi 1")
    browser.open(page)
    assert browser.all(".badge-received") and not browser.all(".badge-waiting"), "the record does not say received"
    browser.open(lan.url + "/")
    assert browser.one(".figure-waiting .figure-number").text == "0"
    lan.stop()


def settle_by_keyboard(world, browser):
    """A conflict of two agents is settled at the hub without a mouse; the agent shows the value that was chosen."""
    word = world.conflict()
    browser.open(world.hub.url + "/conflicts")
    browser.press("viet", Keys.TAB, world.PASSWORD)
    browser.leaves(lambda: browser.press(Keys.ENTER))
    browser.sees("1 xung đột đang mở")
    browser.picture("cases")
    browser.tab_to("a.row")
    browser.leaves(lambda: browser.press(Keys.ENTER))
    browser.sees("Trần Văn Minh")
    browser.picture("case")
    browser.tab_to("#pick-0-0")
    # Which side comes first is the replicas' order where both were entered in one second.
    other = "pick-0-1" if "6" in browser.one("label[for=pick-0-1] .text").text else "pick-0-0"
    browser.press(Keys.ARROW_DOWN)
    assert browser.focused() == "pick-0-1"
    if other == "pick-0-0":
        browser.press(Keys.ARROW_UP)
    assert browser.focused() == other
    browser.tab_to("#reason")
    browser.press("Đối chiếu sổ của Trạm Y tế")
    browser.tab_to("form[action^='/conflicts/'] button")
    browser.leaves(lambda: browser.press(Keys.ENTER))
    browser.sees("Đã giải quyết xung đột.")
    browser.sees("0 xung đột đang mở")
    for agent in world.agents:
        agent.run("sync")
        assert agent.run("record", "show", word)["fields"]["value"] == "6"
    lan = world.agents[0]
    lan.serve()
    browser.open(f"{lan.url}/records/{word}")
    browser.sees("Đối chiếu sổ của Trạm Y tế")
    assert not browser.all(".badge-conflict"), "the agent still shows a conflict"
    lan.stop()


def type_another_value(world, browser):
    """What an admin types for another value is what they choose; a wrong one comes back with what was typed."""
    word = world.conflict()
    sign_in(world, browser)
    browser.open(f"{world.hub.url}/conflicts/{word}")
    browser.one("[name='x.v.value']").send_keys("năm")
    assert browser.one("#pick-0-other").is_selected(), "typing does not choose"
    browser.one("#reason").send_keys("Đếm lại")
    browser.click("form[action^='/conflicts/'] button")
    browser.sees("không đúng kiểu")
    box = browser.one("[name='x.v.value']")
    assert box.get_attribute("value") == "năm" and browser.one("#reason").get_attribute("value") == "Đếm lại"
    box.clear()
    box.send_keys("5")
    browser.click("form[action^='/conflicts/'] button")
    browser.sees("Đã giải quyết xung đột.")
    assert world.hub.run("record", "show", word)["fields"]["value"] == "5"


def fit_every_screen(world, browser):
    """At both widths no page scrolls sideways, every control has a name, and the browser has nothing to complain of."""
    word = world.conflict()
    lan = world.agents[0]
    inspection = lan.run(
        "record", "new", "kt_pccc", "--set", "facility=" + "Chợ " * 60, "--set", "inspected_on=2026-06-10", "--set",
        "conclusion=" + "Lốithoátnạn" * 40)["record"]
    lan.run("sync-budget", "1kB")
    lan.run("backup", "--in", lan.folder)
    lan.serve("--no-sync")
    agent_pages = ["/", "/forms/indicator_value", "/forms/indicator_value/new", "/forms/kt_pccc/new", "/forms/kt_pccc",
                   f"/records/{word}", f"/records/{word}/edit", f"/records/{word}/delete", f"/records/{inspection}",
                   "/outbox", "/sync", "/running", "/nowhere"]
    hub_pages = ["/conflicts", f"/conflicts/{word}", f"/records/{word}", "/nowhere"]
    browser.open(world.hub.url + "/sign-in")
    pages = [world.hub.url + "/sign-in"]
    sign_in(world, browser)
    pages += [lan.url + page for page in agent_pages] + [world.hub.url + page for page in hub_pages]
    for width, height in SIZES:
        browser.size(width, height)
        for number, page in enumerate(pages):
            browser.driver.get(page)
            scroll, inner = browser.overflow()
            browser.picture(f"{number:02}-{width}")
            assert scroll <= inner, f"{page} is {scroll} px wide in {inner}"
            assert not browser.nameless(), f"{page} at {width}: without a name: {browser.nameless()}"
    browser.size(*SIZES[1])
    assert not browser.complaints(), browser.complaints()
    lan.stop()


def work_by_keyboard(world, browser):
    """The skip link comes first, "/" searches, a long list is filtered by typing without diacritics."""
    lan = world.agents[0]
    for place in ("Bình Thuỷ", "Cái Răng"):
        lan.run("record", "new", "kt_pccc", "--set", f"facility={place}", "--set", "inspected_on=2026-06-10")
    lan.serve("--no-sync")
    browser.open(lan.url + "/forms/kt_pccc")
    browser.press(Keys.TAB)
    assert browser.focused() == "skip"
    browser.press("/")
    assert browser.focused() == "find"
    browser.press("binh thuy")
    browser.leaves(lambda: browser.press(Keys.ENTER))
    assert [row.text for row in browser.all(".row-name")] == ["Bình Thuỷ"]
    browser.driver.get(lan.url + "/forms/indicator_value/new")
    browser.tab_to(".filter")
    browser.press("sot xuat huyet")
    choices = [option.text for option in browser.all("[name='v.indicator'] option") if option.get_attribute("value")]
    assert choices and all("sốt xuất huyết" in choice.lower() for choice in choices), choices
    browser.press(Keys.ENTER)
    assert browser.one("[name='v.indicator']").get_attribute("value").startswith("YT.")
    # Nothing that was typed is left by accident, and what is wrong is read first.
    browser.leaves(lambda: browser.press_with_control("s"))
    browser.sees("Chưa lưu: cần sửa các mục sau")
    assert "stop" in browser.focused()
    lan.stop()


def edit_across_a_sync(world, browser):
    """A form opened before a sync and saved after it, on a field that the sync changed, is a conflict."""
    lan, minh = world.agents
    word = lan.run(
        "record", "new", "task_update", "--as", "lan.31120", "--set", "task=NV-004-31120", "--set", "text=Đang làm")["record"]
    for agent in (lan, minh):
        agent.run("sync")
    lan.serve("--no-sync")
    browser.open(f"{lan.url}/records/{word}/edit")
    minh.run("record", "edit", word, "--as", "minh.31120", "--set", "text=Minh sửa")
    minh.run("sync")
    # A command beside the running pages.
    lan.run("sync")
    box = browser.one("[name='v.text']")
    box.clear()
    box.send_keys("Lan sửa")
    browser.click(".record-form button[type=submit]")
    browser.sees("Hai người nhập khác nhau")
    browser.sees("Minh sửa")
    browser.sees("Lan sửa")
    lan.stop()


def commands_beside_the_pages(world, browser):
    """What a command saves is seen on the pages and sent by the running program; a second server is refused."""
    lan = world.agents[0]
    lan.serve()
    assert lan.run("serve", "--listen", "127.0.0.1:0", fails=True) == "agent.serving"
    word = lan.run(
        "record", "new", "kt_pccc", "--set", "facility=Chợ An Hòa", "--set", "inspected_on=2026-06-10")["record"]
    browser.open(f"{lan.url}/records/{word}")
    browser.sees("Chợ An Hòa")

    def received():
        browser.driver.refresh()
        return bool(browser.all(".head .badge-received"))
    browser.until("the running program sends what the command saved", received)
    lan.stop()


def other_sites_get_nothing(world, browser):
    """A name that was made to point here, and a form of another site, are refused."""
    lan = world.agents[0]
    lan.serve("--no-sync")
    port = lan.url.rsplit(":", 1)[1]

    def status(path, headers, data=None):
        try:
            request = urllib.request.Request(lan.url + path, data=data, headers=headers)
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    assert status("/", {}) == 200
    assert status("/", {"Host": f"localhost:{port}"}) == 200
    for host in (f"evil.example:{port}", "127.0.0.1", "127.0.0.1:1"):
        assert status("/", {"Host": host}) == 421, host
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert status("/sync", {**form, "Origin": "http://evil.example"}, b"token=x") == 403
    assert status("/sync", form, b"token=x") == 403
    assert status("/sync", form, b"x" * (2 << 20)) == 413
    lan.stop()


def power_cut_in_mid_form(world, browser):
    """A form that is half filled in when the program is killed and the tab is gone comes back as it was; what follows from an
    answer shows while one types."""
    lan = world.agents[0]
    lan.serve("--no-sync")
    browser.open(lan.url + "/forms/kt_pccc/new")
    browser.one("[name='v.facility']").send_keys("Chợ Cái Khế <b>")
    failed = browser.one("[data-field=failed] output")
    assert failed.text == "0", failed.text
    for item in ("i01", "i02"):
        browser.one(f"[data-field={item}] input[value=khong_dat]").send_keys(Keys.SPACE)
    browser.until("two failed items counted", lambda: failed.text == "2")
    fix_by = browser.one("[data-field=fix_by]")
    assert not fix_by.is_displayed(), "a date to mend by without anything to mend"
    browser.one("[name='v.recommendation']").send_keys("Lắp thêm bình chữa cháy")
    browser.until("the date to mend by", fix_by.is_displayed)
    browser.until("the draft is kept", lambda: "Đã giữ bản nháp" in browser.one("[data-draft-status]").text)
    browser.picture("draft-typing")
    browser.one("[name='v.address']").send_keys("Hẻm 5")
    # Within a second of the last key.
    import time
    time.sleep(1)
    lan.kill()
    browser.driver.get("about:blank")
    lan.serve("--no-sync")
    browser.open(lan.url + "/")
    browser.click(".ways a[href='/drafts']")
    browser.sees("Chợ Cái Khế <b>")
    browser.picture("drafts")
    browser.click("a.row-name")
    browser.sees("được mở lại")
    assert browser.one("[name='v.address']").get_attribute("value") == "Hẻm 5"
    assert browser.one("[data-field=failed] output").text == "2"
    browser.one("[name='v.fix_by']").send_keys("01012020")
    browser.press(Keys.TAB, Keys.TAB, Keys.TAB, Keys.TAB)
    browser.sees("không được trước ngày kiểm tra")
    browser.picture("draft-again")
    browser.driver.execute_script("document.querySelector(\"[name='v.fix_by']\").value = ''")
    browser.leaves(lambda: browser.press_with_control("s"))
    browser.sees("Đã lưu trên máy này")
    browser.sees("Hẻm 5")
    browser.picture("draft-saved")
    browser.open(lan.url + "/drafts")
    browser.sees("Không có bản nháp nào.")
    for width, height in SIZES:
        browser.size(width, height)
        for page in ("/drafts", "/forms/kt_pccc/new"):
            browser.driver.get(lan.url + page)
            scroll, inner = browser.overflow()
            assert scroll <= inner, f"{page} is {scroll} px wide in {inner}"
    assert not browser.complaints(), browser.complaints()
    lan.stop()


def month_by_keyboard(world, browser):
    """A ward's 27 indicators of a month, by keyboard alone; cells from a spreadsheet; an error in one of them."""
    lan = world.agents[0]
    lan.serve("--no-sync")
    browser.open(lan.url + "/")
    pressed = 0
    # The form's table, from the first page.
    while not browser.driver.execute_script("return document.activeElement.matches('a[href$=\"/indicator_value/grid\"]')"):
        browser.press(Keys.TAB)
        pressed += 1
    browser.leaves(lambda: browser.press(Keys.ENTER))
    pressed += 1
    rows = browser.all("table.grid tbody tr")
    assert len(rows) == 27, len(rows)
    browser.picture("grid-empty")
    for number in range(27):
        browser.press(str(number * 3 + 1), Keys.ENTER)
        pressed += 1
    browser.until("the draft is kept", lambda: "Đã giữ bản nháp" in browser.one("[data-draft-status]").text)
    browser.picture("grid-full")
    browser.leaves(lambda: browser.press_with_control("s"))
    pressed += 2
    browser.sees("Đã lưu 27 dòng")
    assert pressed < 60, pressed
    print(f"  a month of 27 indicators: {pressed} keys beside the digits")
    assert len(browser.all("table.grid .badge-waiting")) == 27
    # From a spreadsheet: two columns, one of them wrong.
    browser.driver.execute_script("""
        const input = document.querySelector("[name='r0.v.value']");
        input.focus();
        const data = new DataTransfer();
        data.setData("text/plain", "1.234,5\\t\\t\\tđếm lại\\r\\nhai\\t\\t\\t\\r\\n");
        input.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    """)
    assert browser.one("[name='r0.v.note']").get_attribute("value") == "đếm lại"
    browser.leaves(lambda: browser.press_with_control("s"))
    browser.sees("Đã lưu 1 dòng")
    browser.sees("không đúng kiểu")
    browser.picture("grid-wrong")
    assert browser.one("[name='r1.v.value']").get_attribute("value") == "hai"
    browser.open(lan.url + "/drafts")
    browser.click("a.row-name")
    box = browser.one("[name='r1.v.value']")
    assert box.get_attribute("value") == "hai"
    box.clear()
    box.send_keys("2")
    browser.leaves(lambda: browser.press_with_control("s"))
    browser.sees("Đã lưu 1 dòng")
    assert [record["fields"]["value"] for record in lan.run("record", "list", "indicator_value", "--where", "indicator=TTHC.01")
            if record["fields"]["period"]] == ["1234.5"]
    for width, height in SIZES:
        browser.size(width, height)
        for page in ("/forms/indicator_value/grid", "/forms/kt_pccc/grid"):
            browser.driver.get(lan.url + page)
            browser.picture(f"grid-{page.split('/')[2]}-{width}")
            scroll, inner = browser.overflow()
            assert scroll <= inner, f"{page} is {scroll} px wide in {inner}"
            assert not browser.nameless(), browser.nameless()
    assert not browser.complaints(), browser.complaints()
    lan.stop()


def tasks_without_a_line(world, browser):
    """A task is looked up, reported on and completed with the hub down; how it stands follows from dates."""
    lan = world.agents[0]
    world.hub.stop()
    lan.serve("--no-sync")
    browser.open(lan.url + "/tasks")
    browser.picture("tasks")
    rows = browser.all("li.task")
    assert rows, "the ward has tasks"
    code = browser.one("li.task .fine").text.split(" ·")[0]
    browser.leaves(browser.one("li.task .task-ways a:nth-of-type(1)").click)
    assert browser.one("[name='v.task']").get_attribute("value") == code
    assert not browser.one("[data-field=why]").is_displayed()
    browser.one("[name='v.percent']").send_keys("40")
    browser.one("[name='v.text']").send_keys("Đã khảo sát <i>xong</i>")
    browser.leaves(lambda: browser.press_with_control("s"))
    browser.sees("Đã lưu trên máy này")
    browser.open(lan.url + "/tasks")
    browser.sees("Đã khảo sát <i>xong</i>")
    browser.sees("40 %")
    # Completion needs what was handed in.
    browser.leaves(browser.one("li.task .task-ways a:nth-of-type(2)").click)
    assert browser.one("[data-field=result]").is_displayed() and not browser.one("[data-field=percent]").is_displayed()
    browser.leaves(lambda: browser.press_with_control("s"))
    browser.sees("là bắt buộc")
    browser.one("[name='v.result']").send_keys("12/BC-UBND")
    browser.leaves(lambda: browser.press_with_control("s"))
    browser.sees("Đã lưu trên máy này")
    browser.open(lan.url + "/tasks")
    done = [chip for chip in browser.all(".chips a") if "Hoàn thành" in chip.text]
    assert done, "nothing says that the task is done"
    browser.leaves(done[0].click)
    browser.sees(code)
    browser.sees("100 %")
    for width, height in SIZES:
        browser.size(width, height)
        browser.driver.get(lan.url + "/tasks")
        browser.picture(f"tasks-{width}")
        scroll, inner = browser.overflow()
        assert scroll <= inner, f"tasks are {scroll} px wide in {inner}"
        assert not browser.nameless(), browser.nameless()
    world.hub.serve()
    lan.run("sync")
    assert any(record["fields"].get("result") == "12/BC-UBND" for record in world.hub.run("record", "list", "task_update"))
    lan.stop()


def help_with_entry(world, browser):
    """What may be there already shows while a name is typed; what a sync would do is seen before it; one thing goes first."""
    lan = world.agents[0]
    for number in range(6):
        lan.run("record", "new", "indicator_value", "--set", "indicator=YT.01", "--set", f"unit={world.UNIT}",
                "--set", f"period=2026-0{number + 1}", "--set", f"value={10 + number * number}")
    lan.run("record", "new", "kt_pccc", "--set", "facility=Cơ sở <b>Bình Minh</b>", "--set", "inspected_on=2026-06-10")
    lan.serve("--no-sync")
    browser.open(lan.url + "/forms/kt_pccc/new")
    browser.one("[name='v.facility']").send_keys("Nhà hàng Bình Minh")
    browser.until("the record that may be the same", lambda: browser.all(".similar a"))
    browser.sees("Có thể đã có rồi")
    assert browser.one(".similar a").text == "Cơ sở <b>Bình Minh</b>"
    browser.picture("similar")
    browser.until("the draft is kept", lambda: "Đã giữ bản nháp" in browser.one("[data-draft-status]").text)
    browser.open(lan.url + "/forms/indicator_value/grid?v.period=2026-07")
    browser.sees("10 – 35")
    assert browser.all(".past polyline"), "no picture of the periods before"
    browser.picture("past")
    browser.open(lan.url + "/sync")
    browser.click("form[action='/sync/preview'] button")
    browser.sees("Sẽ gửi")
    browser.sees("7 thay đổi")
    browser.picture("preview")
    browser.open(lan.url + "/outbox")
    browser.picture("outbox")
    browser.click("form[action='/outbox/send'] button")
    browser.sees("Đã gửi")
    for width, height in SIZES:
        browser.size(width, height)
        for page in ("/forms/kt_pccc/blank", "/forms/indicator_value/grid?v.period=2026-07", "/outbox"):
            browser.driver.get(lan.url + page)
            scroll, inner = browser.overflow()
            assert scroll <= inner, f"{page} is {scroll} px wide in {inner}"
            assert not browser.nameless(), f"{page}: without a name: {browser.nameless()}"
        browser.picture(f"outbox-{width}")
    assert not browser.complaints(), browser.complaints()
    lan.stop()


def practise(world, browser):
    """Practice has the same forms, none of the records, and a banner that nobody can miss."""
    lan = world.agents[0]
    lan.run("record", "new", "kt_pccc", "--set", "facility=Chợ thật", "--set", "inspected_on=2026-06-10")
    lan.serve("--no-sync")
    room = Program(world.binaries, "phusa", lan.folder)
    room.serve("--training")
    try:
        for width, height in SIZES:
            browser.size(width, height)
            browser.open(room.url + "/")
            assert "TẬP HUẤN" in browser.one(".training-bar").text
            browser.sees("Phường Cái Khế")
            scroll, inner = browser.overflow()
            assert scroll <= inner, f"{scroll} px wide in {inner}"
            browser.picture(f"practice-{width}")
        browser.open(room.url + "/forms/kt_pccc/new")
        browser.one("[name='v.facility']").send_keys("Chợ tập")
        browser.one("[name='v.inspected_on']").send_keys("10062026")
        browser.leaves(lambda: browser.press_with_control("s"))
        browser.sees("Đã lưu trên máy này")
        assert "Không phải số liệu thật" in browser.one(".training-bar").text
        browser.open(room.url + "/forms/kt_pccc")
        assert [row.text for row in browser.all(".row-name")] == ["Chợ tập"]
        browser.open(lan.url + "/forms/kt_pccc")
        assert [row.text for row in browser.all(".row-name")] == ["Chợ thật"]
        assert "TẬP HUẤN" not in browser.driver.page_source
        assert not browser.complaints(), browser.complaints()
    finally:
        room.stop()
        lan.stop()


def office_by_telephone(world, browser):
    """A telephone signs in at the office's machine over TLS and saves a record; the screen of that machine shows where it is and
    by what it is known."""
    lan = world.agents[0]
    world.hub.run(
        "person", "add", "hoa", "--name", "Lê Thị Hoa", "--role", "ward_staff", "--unit", world.UNIT,
        text=world.PASSWORD + "\n")
    lan.run("sync")
    browser.open(lan.serve("--no-sync") + "/office")
    browser.sees("phusa serve --office 0.0.0.0:8643")
    browser.picture("office-off")
    lan.stop()
    lan.serve("--no-sync", "--office", "0.0.0.0:0")
    browser.open(lan.url + "/office")
    browser.sees(lan.office_url)
    groups = browser.all(".fingerprint:not(.fingerprint-key) code")
    assert "".join(group.text for group in groups) == lan.fingerprint
    for width, height in SIZES:
        browser.size(width, height)
        for language in ("en", "vi"):
            browser.open(lan.url + "/office", language)
            browser.driver.execute_script("document.querySelector('.qr').scrollIntoView({block: 'center'})")
            assert browser.reads_codes() == [lan.office_url], browser.reads_codes()
            browser.driver.execute_script("scrollTo(0, 0)")
            browser.picture(f"office-{language}-{width}")
            browser.picture_whole(f"office-{language}-{width}-whole")
            scroll, inner = browser.overflow()
            assert scroll <= inner, f"the office's page is {scroll} px wide in {inner}"
            assert not browser.nameless(), browser.nameless()
    assert not browser.complaints(), browser.complaints()

    phone = Browser(browser.pictures, goes_on=True)
    try:
        phone.size(*SIZES[0])
        phone.open(lan.office_url + "/forms/kt_pccc/new")
        phone.sees("Đăng nhập từ máy khác")
        assert [option.text for option in phone.all("#name option")] == ["— Chọn —", "Lê Thị Hoa"]
        phone.picture("office-door")
        phone.choose("#name", "hoa")
        phone.one("#password").send_keys("sai")
        phone.click("main button")
        phone.sees("Sai tên hoặc mật khẩu")
        phone.one("#password").send_keys(world.PASSWORD)
        phone.click("main button")
        phone.one("[name='v.facility']").send_keys("Chợ An Hòa")
        phone.one("[name='v.inspected_on']").send_keys("07012026")
        phone.until("the draft is kept", lambda: "Đã giữ bản nháp" in phone.one("[data-draft-status]").text)
        phone.picture("office-form")
        phone.leaves(lambda: phone.press_with_control("s"))
        phone.sees("Đã lưu trên máy này")
        phone.picture("office-saved")
        scroll, inner = phone.overflow()
        assert scroll <= inner, f"a record is {scroll} px wide in {inner}"
        phone.driver.get(lan.office_url + "/office")
        phone.sees("Không có trang này")
        assert not phone.complaints(), phone.complaints()
    finally:
        phone.close()
    saved = lan.run("record", "list", "kt_pccc")
    assert [record["fields"]["facility"] for record in saved] == ["Chợ An Hòa"], saved
    assert lan.run("record", "history", saved[0]["record"])[0]["author"] == "hoa"
    lan.stop()


def new_password(world, browser):
    """Whoever is signed in at a machine changes their password at the hub, sees what is wrong with one, and comes in by the new
    one; what waits is taken along as a file."""
    lan = world.agents[0]
    world.hub.run(
        "person", "add", "hoa", "--name", "Lê Thị Hoa", "--role", "ward_staff", "--unit", world.UNIT,
        text=world.PASSWORD + "\n")
    lan.run("sync")
    new = "bến Ninh Kiều sáng sớm"

    def come_in(password):
        browser.choose("#name", "hoa")
        browser.one("#password").send_keys(password)
        browser.leaves(lambda: browser.click("main button"))

    def change(old, first, second):
        for field, text in (("password", old), ("new", first), ("again", second)):
            browser.one("#" + field).send_keys(text)
        browser.leaves(lambda: browser.click("main button"))

    lan.run("record", "new", "kt_pccc", "--set", "facility=Chợ An Hòa", "--set", "inspected_on=2026-07-01")
    browser.size(*SIZES[0])
    browser.open(lan.serve("--no-sync") + "/outbox")
    come_in(world.PASSWORD)
    assert browser.one("a[href='/outbox/file']").get_attribute("download") is not None
    browser.picture_whole("outbox-file")
    browser.leaves(lambda: browser.click("a.who-name"))
    for width, height in SIZES:
        browser.size(width, height)
        browser.picture(f"password-{width}")
        scroll, inner = browser.overflow()
        assert scroll <= inner, f"the page is {scroll} px wide in {inner}"
        assert not browser.nameless(), browser.nameless()
    browser.size(*SIZES[0])
    change("sai", new, new)
    browser.sees("Mật khẩu hiện tại không đúng")
    browser.picture("password-wrong")
    change(world.PASSWORD, new, new + "m")
    browser.sees("không giống nhau")
    change(world.PASSWORD, new, new)
    browser.sees("Đã đổi mật khẩu")
    browser.picture("password-done")
    browser.until("the machine takes it with its sync", lambda: lan.run("status")["waiting"] == 0)
    browser.leaves(lambda: browser.click(".who button"))
    come_in(world.PASSWORD)
    browser.sees("Sai tên hoặc mật khẩu")
    come_in(new)
    assert "Lê Thị Hoa" in browser.one("a.who-name").text
    assert not browser.complaints(), browser.complaints()


def _photo(browser, path, width, height, text):
    """A JPEG of that size, drawn by the browser."""
    data = browser.driver.execute_script(
        """
        const canvas = document.createElement("canvas");
        canvas.width = arguments[0];
        canvas.height = arguments[1];
        const pen = canvas.getContext("2d");
        const pixels = pen.createImageData(canvas.width, canvas.height);
        for (let i = 0; i < pixels.data.length; i += 4) {
          const x = (i / 4) % canvas.width;
          pixels.data.set([40 + x * 180 / canvas.width, 90 + (i * 7919 % 61), 150, 255], i);
        }
        pen.putImageData(pixels, 0, 0);
        pen.font = "120px sans-serif";
        pen.fillStyle = "white";
        pen.fillText(arguments[2], 80, 300);
        return canvas.toDataURL("image/jpeg", 0.9).split(",")[1];
        """, width, height, text)
    with open(path, "wb") as file:
        file.write(base64.b64decode(data))


def photos_without_a_line(world, browser):
    """Photos are stored as they are chosen, come back with the draft, go to the hub after the record, and are fetched elsewhere."""
    lan, minh = world.agents
    world.hub.stop()
    lan.serve("--no-sync")
    browser.open(lan.url + "/")
    browser.leaves(lambda: browser.choose("#who", "lan.31120"))
    large, small, fake = (os.path.join(world.room, name) for name in ("bến tàu.jpg", "chợ.jpg", "trang.jpg"))
    _photo(browser, large, 3000, 2000, "Bến tàu")
    _photo(browser, small, 640, 480, "Chợ")
    with open(fake, "w") as file:
        file.write("<html><script>alert(1)</script></html>")
    browser.open(lan.url + "/forms/kt_pccc/new")
    browser.one("[name='v.facility']").send_keys("Chợ Cái Khế")
    browser.one("#f-i04_photos-file").send_keys(large + "\n" + small)
    browser.until("both photos are listed", lambda: len(browser.all("[data-field='i04_photos'] .choice img")) == 2)
    browser.sees("chợ.jpg: Đã nhận")
    browser.one("#f-i05_photos-shrink").send_keys(Keys.SPACE)
    browser.one("#f-i05_photos-file").send_keys(large)
    browser.until("the smaller photo is listed", lambda: len(browser.all("[data-field='i05_photos'] .choice img")) == 1)
    browser.one("#f-i06_photos-file").send_keys(fake)
    browser.sees("Tệp không phải ảnh JPEG, PNG hay tài liệu PDF")
    # Neither a large file that is no photo nor one that is too large goes on as a line that is lost.
    with open(fake, "w") as file:
        file.write("<p>không phải ảnh</p>" * 300_000)
    browser.one("#f-i07_photos-file").send_keys(fake)
    browser.until("the large fake is refused", lambda: "Tệp không phải ảnh" in browser.one("[data-field='i07_photos']").text)
    huge = os.path.join(world.room, "lớn.jpg")
    with open(huge, "wb") as file:
        file.write(b"\xff\xd8\xff\xe0")
        file.truncate(40 * 1024 * 1024)
    browser.one("#f-i08_photos-file").send_keys(huge)
    browser.until("the huge one is refused", lambda: "Tệp quá lớn, nhiều nhất 32 MB" in browser.one("[data-field='i08_photos']").text)
    browser.picture("photos-form")
    browser.size(360, 780)
    scroll, inner = browser.overflow()
    assert scroll <= inner, f"{scroll} px wide in {inner}"
    assert not browser.nameless(), browser.nameless()
    browser.picture("photos-form-360")
    browser.size(1440, 900)
    browser.until("the draft is kept", lambda: "Đã giữ bản nháp" in browser.text() or "nháp" in browser.one("[data-draft-status]").text)

    # The program dies before anything is saved: the draft has the photos.
    page = browser.one("form[data-draft]").get_attribute("data-draft")
    lan.kill()
    lan.serve("--no-sync")
    browser.open(lan.url + page)
    assert len(browser.all("[data-field='i04_photos'] input[type=checkbox]:checked")) == 2, "the draft lost photos"
    browser.leaves(lambda: browser.press_with_control("s"))
    browser.until("the photos are shown", lambda: browser.driver.execute_script(
        "const all = [...document.querySelectorAll('.photo img')];"
        "for (const image of all) image.loading = 'eager';"
        "return all.length === 3 && all.every((image) => image.complete && image.naturalWidth > 0)"))
    # A page shows small pictures, and the photo itself behind each.
    widths = browser.driver.execute_script("return [...document.querySelectorAll('.photo img')].map((i) => i.naturalWidth)")
    assert widths == [320, 320, 320], widths
    assert browser.driver.execute_async_script("""
        const done = arguments[0], image = new Image();
        image.onload = () => done(image.naturalWidth);
        image.src = document.querySelector(".photo a").href;
        """) in (3000, 640)
    browser.picture_whole("photos-record")
    record = browser.driver.current_url.split("?")[0].rsplit("/", 1)[1]

    # Whoever saves while a photo is still being stored saves it with the photo.
    browser.open(f"{lan.url}/records/{record}/edit")
    other = os.path.join(world.room, "kho.jpg")
    _photo(browser, other, 2500, 2500, "Kho")
    browser.driver.execute_cdp_cmd("Network.enable", {})
    browser.driver.execute_cdp_cmd("Network.emulateNetworkConditions", {
        "offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 600_000})
    browser.one("#f-i06_photos-file").send_keys(other)
    browser.press_with_control("s")
    browser.sees("Đang lưu ảnh; bản ghi sẽ được lưu ngay sau đó")
    browser.picture("photos-held")
    browser.until("it was saved with the photo", lambda: "?done=saved" in browser.driver.current_url)
    browser.driver.execute_cdp_cmd("Network.emulateNetworkConditions", {
        "offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1})
    assert len(browser.all(".photo img")) == 4, "the photo that was being stored is not in the record"
    browser.open(lan.url + "/outbox")
    browser.sees("Ảnh và tệp chờ gửi: 8")

    # Photos wait for another kind of line; their small pictures do not. This machine's own line counts as one of the others.
    world.hub.serve()
    browser.open(lan.url + "/sync")
    for name in ("mobile", "other"):
        browser.one(f"#network-{name}").send_keys(Keys.SPACE)
    days = browser.one("#photo-days")
    days.clear()
    days.send_keys("30")
    browser.leaves(lambda: browser.click("form[action='/sync/photos'] button"))
    browser.sees("Đã lưu lựa chọn về ảnh.")
    assert lan.run("photo-rules") == {"over": ["cable", "wifi"], "keptDays": 30}
    browser.picture_whole("photos-rules")
    browser.size(360, 780)
    assert browser.overflow()[0] <= browser.overflow()[1], browser.overflow()
    browser.picture_whole("photos-rules-360")
    browser.size(1440, 900)
    browser.leaves(lambda: browser.click("form[action='/sync'] .button"))
    browser.sees("4 ảnh và tệp chờ đường truyền khác")
    minh.run("sync")
    minh.serve("--no-sync")
    browser.open(f"{minh.url}/records/{record}")
    browser.sees("Ảnh chưa có trên máy này.")
    browser.leaves(lambda: browser.click(".photo form button"))
    browser.sees("Chưa có tệp đính kèm ở đây")
    browser.open(lan.url + "/sync")
    browser.leaves(lambda: browser.click("form:has(input[name=photos]) button"))
    browser.sees("Đã gửi 4 ảnh.")
    lan.stop()
    report = lan.run("sync")
    assert report["attachmentsUp"] == 0 and report["attachmentsLeft"] == 0 and report["complete"], report
    assert world.hub.run("verify")["ok"] and lan.run("verify")["ok"]
    # Of the photo that was made smaller it is known what it was made from.
    with open(large, "rb") as file:
        original = hashlib.sha256(file.read()).hexdigest()
    known = [photo["fields"] for photo in world.hub.run("record", "list", "photo")]
    assert len(known) == 4 and all(len(photo["small"]) == 1 for photo in known), known
    smaller = [photo for photo in known if photo.get("original_sha256")]
    assert [photo["original_sha256"] for photo in smaller] == [original] and smaller[0]["sha256"] != original, known
    browser.open(f"{minh.url}/records/{record}")
    browser.sees("Ảnh chưa có trên máy này.")
    browser.leaves(lambda: browser.click(".photo form button"))
    browser.sees("Đã lấy tệp về máy này.")
    assert len(browser.all(".photo img")) == 4, "a small picture is not shown"
    assert len(browser.all(".photo > a > img")) == 1, "the photo that was fetched is not behind its picture"
    browser.picture_whole("photos-elsewhere")
    browser.open(f"{minh.url}/records/{record}/compare")
    browser.sees("Chỉ có ở lần thứ hai")
    browser.picture_whole("photos-compared")
    browser.size(360, 780)
    assert browser.overflow()[0] <= browser.overflow()[1], browser.overflow()
    browser.picture_whole("photos-compared-360")
    browser.size(1440, 900)
    minh.stop()


ALL = [inspection_on_the_bank, entry_at_the_hub, people_at_the_hub, copies_of_the_hub, desk_of_conflicts, refused_work, office_by_telephone, photos_without_a_line, enter_offline_then_sync, tasks_without_a_line, month_by_keyboard, power_cut_in_mid_form, settle_by_keyboard, type_another_value, fit_every_screen, work_by_keyboard,
       edit_across_a_sync, commands_beside_the_pages, other_sites_get_nothing, help_with_entry, practise, new_password, devices_at_the_hub]
