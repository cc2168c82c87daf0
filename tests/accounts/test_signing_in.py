def test_a_page_for_people_with_an_account_leads_a_visitor_to_the_login(client):
    answer = client.get("/account")
    assert answer.status_code == 303
    assert answer.location == "/login?next=/account"
