"""What a screen can do, one concern a class.

A screen composes widgets, takes the keys and messages, and delegates: each action and each handler is one line that
names its controller. A controller is a plain class. It is made with a port, a protocol of what it may use of its
screen, and owns the state of its concern. It never imports a screen or another controller; to open a screen it calls
its port. What two controllers need is a helper in `ckpt_tui.tui.helpers`, which knows neither of them.

screens -> controllers -> helpers -> widgets
"""
