"""Pages of the pool, its ledgers, what is booked into them, the year's end and the lists beside."""

from __future__ import annotations

from django.urls import path

from quotas.views import bookings, books, ledger, opening, policies, standing, supply, year_end
from quotas.views.verbs import routes

urlpatterns = [
    path("pool/", ledger.overview, name="pool"),
    path("pool/ledger/", ledger.ledger, name="ledger"),
    path("pool/ledger/export/", ledger.export, name="ledger-export"),
    path("pool/accounts/<int:pk>/", ledger.account, name="account"),
    path("pool/accounts/<int:pk>/<slug:verb>/", bookings.account_act, name="account-act"),
    path("pool/movements/<int:pk>/", ledger.movement, name="movement"),
    path("pool/book/<slug:kind>/", bookings.book, name="book"),
    path("pool/bookings/<int:pk>/", bookings.booking, name="booking"),
    path("pool/bookings/<int:pk>/reverse/", bookings.reverse_view, name="booking-reverse"),
    path("pool/bookings/<int:pk>/repay/", bookings.repay, name="booking-repay"),
    path("pool/runs/", year_end.run_list, name="runs"),
    path("pool/runs/<int:pk>/", year_end.run, name="run"),
    path("pool/runs/<int:pk>/<slug:verb>/", year_end.act, name="run-act"),
    path("pool/opening/", opening.upload, name="opening"),
    path("pool/opening/<int:pk>/", opening.draft, name="opening-draft"),
    path("pool/policies/", policies.policy_list, name="policies"),
    path("pool/supply/", supply.supply_list, name="supply"),
    path("pool/supply/new/", supply.new, name="supply-new"),
    path("pool/supply/<int:pk>/", supply.consolidation, name="consolidation"),
    path("pool/negative/", standing.negative_list, name="negative-list"),
    path("pool/negative/new/", standing.list_county, name="negative-new"),
    path("pool/negative/<int:pk>/remove/", standing.remove, name="negative-remove"),
    path("pool/reservations/", standing.reservation_list, name="reservations"),
    path("pool/reservations/<int:pk>/", standing.reservation, name="reservation"),
    path("pool/reservations/<int:pk>/release/", standing.release, name="reservation-release"),
    path("pool/transfers/<int:pk>/complete/", standing.complete, name="transfer-complete"),
    path("pool/links/", books.link_list, name="links"),
    path("pool/county-books/", books.book_list, name="county-books"),
    path("pool/county-books/new/", books.book_enter, name="county-entry-new"),
    path("pool/deductions/", books.deduction_list, name="deductions"),
    *routes("pool/supply/<int:pk>/", books.CONSOLIDATION_VERBS),
    *routes("pool/links/<int:pk>/", books.LINK_VERBS),
    *routes("pool/county-books/<int:pk>/", books.ENTRY_VERBS),
    *routes("pool/reservations/<int:pk>/", books.RESERVATION_VERBS),
    *routes("pool/deductions/<int:pk>/", books.DEDUCTION_VERBS),
]
