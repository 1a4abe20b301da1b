"""Controllers: each class owns one concern of a screen.

Who may call whom:

- A screen composes widgets, takes keys and messages, and delegates: an action or a handler is a line that names its
  controller. Where one event concerns several controllers, the screen calls one after the other.
- A controller is a plain class that owns the state of its concern. It is made with a port: a protocol, in its own
  module, of all that it may use of its screen. To open a screen, or to reach what another controller owns, it calls
  the port. It never imports a screen or another controller.
- Code that two controllers need is a helper (`ckpt_tui.tui.helpers`): the panes, the selection. Helpers know widgets.
- Long work is a job (`ckpt_tui.tui.jobs`): a controller starts it, a message brings the result to the screen,
  and the screen hands it to `take_...` of the controller.
"""
