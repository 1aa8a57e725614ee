"""Which of an office's calls are this display's: those of the areas, or of the door, that it hangs in."""

from queue_service.protocol.device_care import DeviceSettings
from queue_service.protocol.stream import Call, OfficeCard, WaitingArea


def chosen_areas(office: OfficeCard, chosen: DeviceSettings) -> list[WaitingArea]:
    """Give the areas to be shown, in the order of the choice; none that the office no longer has."""
    known = {area.code: area for area in office.areas}
    return [known[code] for code in chosen.areas if code in known]


def is_shown(call: Call, office: OfficeCard, chosen: DeviceSettings) -> bool:
    """Tell whether a call concerns this display. Without areas that exist, all do: none may be lost."""
    if chosen.layout == "door" and chosen.door_counter:
        return call.counter == chosen.door_counter
    areas = chosen_areas(office, chosen)
    return not areas or any(call.counter in area.counters for area in areas)
