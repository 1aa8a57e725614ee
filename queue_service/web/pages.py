"""All pages, as the composition root mounts them."""

from litestar.types import ControllerRouterHandler

from queue_service.web import desk_page, follow_page, login_page, offices_page, staff_page
from queue_service.web.appointment_page import appointment_handlers
from queue_service.web.assets import accent_style, favicon, static_file, texts_of_scripts
from queue_service.web.booking_page import booking_handlers
from queue_service.web.devices_page import device_handlers
from queue_service.web.entry_booking_page import entry_booking_handlers
from queue_service.web.entry_calendar_page import entry_calendar_handlers
from queue_service.web.entry_move_page import entry_move_handlers
from queue_service.web.entry_pages import entry_handlers
from queue_service.web.hall_page import hall_handlers
from queue_service.web.held_place_page import held_place_handlers
from queue_service.web.letters_page import letters_handlers
from queue_service.web.offer_page import offer_handlers
from queue_service.web.panel_page import panel_handlers
from queue_service.web.phone_page import phone_handlers
from queue_service.web.plan_affected_page import plan_affected_handlers
from queue_service.web.plan_cancel_page import plan_cancel_handlers
from queue_service.web.plan_day_page import plan_day_handlers
from queue_service.web.plan_page import plan_handlers
from queue_service.web.reception_page import reception_handlers
from queue_service.web.theme_page import choose_theme_page
from queue_service.web.ticket_copy_page import copy_handlers
from queue_service.web.ticket_page import ticket_handlers
from queue_service.web.waiting_page import waiting_handlers

web_handlers: list[ControllerRouterHandler] = [
    static_file,
    texts_of_scripts,
    accent_style,
    favicon,
    choose_theme_page,
    *booking_handlers,
    *held_place_handlers,
    *appointment_handlers,
    *offer_handlers,
    *waiting_handlers,
    *entry_handlers,
    *entry_booking_handlers,
    *entry_calendar_handlers,
    *entry_move_handlers,
    offices_page.offices_page,
    staff_page.staff_page,
    login_page.login_page,
    login_page.log_in,
    login_page.log_out,
    follow_page.find_page,
    follow_page.follow_page,
    desk_page.choose_office,
    desk_page.desk_page,
    desk_page.choose_counter,
    desk_page.take_counter,
    *hall_handlers,
    *reception_handlers,
    *phone_handlers,
    *letters_handlers,
    *device_handlers,
    *ticket_handlers,
    *copy_handlers,
    *panel_handlers,
    *plan_handlers,
    *plan_day_handlers,
    *plan_affected_handlers,
    *plan_cancel_handlers,
]
