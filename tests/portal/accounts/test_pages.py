"""The pages of accounts speak the language of their address."""

import pytest

from trunghoa.portal.core.accounts.models import Invitation

from .test_invitations import invite

PAGES = {
    "login/": {"vi": "Tôi quên mật khẩu", "ja": "パスワードを忘れた場合", "en": "I forgot my password"},
    "password/": {"vi": "Gửi liên kết", "ja": "リンクを送信", "en": "Send the link"},
    "account/": {"vi": "Tài khoản của tôi", "ja": "マイアカウント", "en": "My account"},
    "account/password/": {"vi": "Đổi mật khẩu", "ja": "パスワードの変更", "en": "Change the password"},
    "account/factors/": {
        "vi": "Yếu tố xác thực thứ hai", "ja": "二要素認証", "en": "Second factors",
    },
    "account/factors/app/": {"vi": "ứng dụng tạo mã", "ja": "認証アプリ", "en": "an app with codes"},
    "account/factors/passkey/": {"vi": "Tạo khóa truy cập", "ja": "パスキーを作成", "en": "Make the passkey"},
    "account/sessions/": {"vi": "Lần cuối hoạt động", "ja": "最終アクセス", "en": "Last seen"},
    "organisations/": {"vi": "Các tổ chức", "ja": "組織", "en": "Organisations"},
    "organisations/mae/": {"vi": "Tổ chức kế thừa", "ja": "承継組織", "en": "Successor"},
    "organisations/new/": {"vi": "Thêm tổ chức", "ja": "組織を追加", "en": "Add an organisation"},
    "organisations/mae/close/": {"vi": "Đóng tổ chức", "ja": "組織の廃止", "en": "Close the organisation"},
    "invitations/": {"vi": "Lời mời", "ja": "招待一覧", "en": "Invitations"},
    "invitations/new/": {"vi": "Gửi lời mời", "ja": "招待を送る", "en": "Send the invitation"},
    "tokens/": {"vi": "Chưa có mã nào", "ja": "トークンはまだありません", "en": "There is no token yet"},
    "tokens/new/": {"vi": "Tạo mã truy cập API", "ja": "APIトークンを作成", "en": "Make an API token"},
}  # fmt: skip


@pytest.mark.parametrize("lang", ["vi", "ja", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_speaks_one_language(client, officer, path, lang):
    if path not in ("login/", "password/"):
        client.force_login(officer)
    page = client.get(f"/{lang}/{path}").content.decode()
    assert f'<html lang="{lang}">' in page
    assert PAGES[path][lang] in page
    if lang != "en":
        body = page.partition("<main")[2]
        assert PAGES[path]["en"] not in body


@pytest.mark.parametrize(("lang", "label"), [("vi", "đang mở"), ("ja", "有効"), ("en", "open")])
def test_the_state_of_an_invitation_is_put_in_words(client, officer, lang, label):
    client.force_login(officer)
    invite(client)
    assert label in client.get(f"/{lang}/invitations/").content.decode()
    assert Invitation.objects.get().state == "open"


def test_the_header_leads_to_the_account(client, officer):
    client.force_login(officer)
    assert '<a href="/en/account/">lan</a>' in client.get("/en/").content.decode()


@pytest.mark.parametrize(("lang", "name"), [("vi", "Trần Lan"), ("ja", "Trần Lan"), ("en", "Lan Trần")])
def test_a_name_stands_in_the_order_of_the_persons_language(officer, lang, name):
    officer.first_name, officer.last_name, officer.language = "Lan", "Trần", lang
    assert officer.shown_name == name


def test_an_organisation_shows_whom_it_took_over_from(client, officer, organisations):
    organisations["plant"].successor = organisations["mae"]
    organisations["plant"].save()
    client.force_login(officer)
    page = client.get("/vi/organisations/mae/").content.decode()
    assert "Kế thừa từ" in page
    assert "Nhà máy" in page


@pytest.mark.parametrize("path", ["account/factors/passkey/", "account/factors/app/", "login/"])
def test_no_script_stands_in_a_page(client, officer, path):
    client.force_login(officer)
    page = client.get(f"/en/{path}")
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    scripts = [part.partition(">") for part in page.content.decode().split("<script")[1:]]
    assert all("src=" in head or "application/json" in head for head, _, _ in scripts)


def test_there_is_no_page_on_which_anybody_could_sign_up(client, db):
    from django.urls import get_resolver

    names = {str(key) for key in get_resolver().reverse_dict}
    assert not {name for name in names if "signup" in name or name.startswith("mfa_")}
    assert client.get("/en/signup/").status_code == 404
