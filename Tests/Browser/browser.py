"""Chromium, with what the journeys ask of it."""

import base64
import os
import subprocess
import tempfile

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

SECONDS = 30
SIZES = ((360, 800), (1440, 900))


class Browser:
    def __init__(self, pictures=None, goes_on=False):
        """A browser; `goes_on` past the warning of a certificate that nobody vouches for."""
        options = Options()
        options.accept_insecure_certs = goes_on
        for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-proxy-server"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = "/usr/bin/chromedriver"
        service = Service(driver) if os.path.exists(driver) else Service()
        self.driver = webdriver.Chrome(options=options, service=service)
        self.pictures = pictures
        self.size(*SIZES[1])

    def size(self, width, height):
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def saves_into(self, folder):
        """Puts what is downloaded from now on into a folder."""
        self.driver.execute_cdp_cmd(
            "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": folder})

    def open(self, url, language="vi"):
        """Opens a page in a language."""
        base = "/".join(url.split("/")[:3])
        self.driver.get(f"{base}/language/{language}")
        self.driver.get(url)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return WebDriverWait(self.driver, SECONDS).until(lambda _: (self.all(selector) or [None])[0], selector)

    def until(self, what, condition):
        """Waits for a condition; errors of pages that are just changing are not the answer."""
        def tried(_):
            try:
                return condition()
            except Exception:  # noqa: BLE001: a page between two pages
                return False
        return WebDriverWait(self.driver, SECONDS, poll_frequency=0.1).until(tried, what)

    def text(self):
        return self.driver.find_element(By.TAG_NAME, "main").text

    def sees(self, words):
        self.until(f"“{words}” on the page; there is: {self.safe_text()}", lambda: words in self.text())

    def safe_text(self):
        try:
            return self.text()[:2000]
        except Exception:  # noqa: BLE001
            return "(no page)"

    def press(self, *keys):
        ActionChains(self.driver).send_keys(*keys).perform()

    def press_with_control(self, key):
        ActionChains(self.driver).key_down(Keys.CONTROL).send_keys(key).key_up(Keys.CONTROL).perform()

    def leaves(self, action):
        """Does what leads to another page, and waits until that is there."""
        page = self.driver.find_element(By.TAG_NAME, "html")
        action()
        self.until("another page", lambda: self.driver.find_element(By.TAG_NAME, "html") != page)
        self.until("the whole page", lambda: self.driver.execute_script("return document.readyState") == "complete")

    def click(self, selector):
        self.leaves(self.one(selector).click)

    def choose(self, selector, value):
        Select(self.one(selector)).select_by_value(value)

    def tab_to(self, selector):
        """Presses Tab until the focus is on what the selector names: no mouse."""
        for _ in range(80):
            self.press(Keys.TAB)
            if self.driver.execute_script("return document.activeElement.matches(arguments[0])", selector):
                return
        raise AssertionError(f"Tab does not come to {selector}")

    def focused(self):
        return self.driver.execute_script("return document.activeElement.id || document.activeElement.className")

    def picture(self, name):
        if self.pictures:
            self.driver.save_screenshot(os.path.join(self.pictures, f"{name}.png"))

    def picture_whole(self, name):
        """The page from top to end."""
        if not self.pictures:
            return
        shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True})
        with open(os.path.join(self.pictures, f"{name}.png"), "wb") as file:
            file.write(base64.b64decode(shot["data"]))

    def reads_codes(self):
        """What a telephone held to the screen reads."""
        with tempfile.NamedTemporaryFile(suffix=".png") as file:
            file.write(self.driver.get_screenshot_as_png())
            file.flush()
            done = subprocess.run(["zbarimg", "--raw", "-q", file.name], capture_output=True, text=True, timeout=60)
        return done.stdout.split()

    def overflow(self):
        return self.driver.execute_script(
            "return [document.documentElement.scrollWidth, innerWidth]")

    def nameless(self):
        """Controls that assistive programs find no name for."""
        nodes = self.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
        roles = {"textbox", "searchbox", "combobox", "listbox", "radio", "checkbox", "button", "link", "spinbutton",
                 "Date", "DateTime", "InputTime", "progressbar"}
        return [node["role"]["value"] for node in nodes
                if not node.get("ignored") and node.get("role", {}).get("value") in roles
                and not node.get("name", {}).get("value", "").strip()]

    def complaints(self):
        """What the browser itself found wrong, such as a script that the policy forbids."""
        return [entry["message"] for entry in self.driver.get_log("browser")
                if entry["level"] == "SEVERE" and " the server responded with a status of " not in entry["message"]]

    def close(self):
        self.driver.quit()
