"""The module `_asyncio` of the virtual board: what asyncio keeps its tasks in.

The host's own takes the time from the host; this one takes it from the board.
"""

from virtual_board import time_module

__name__ = "_asyncio"


class TaskQueue:
    """Tasks by the moment they are due at, in ms; those of one moment first come, first served."""

    def __init__(self):
        self._tasks = []

    def peek(self):
        return self._tasks[0] if self._tasks else None

    def push(self, task, key=None):
        if key is None:
            key = time_module.ticks_ms()
        task.data = None
        task.ph_key = key
        tasks = self._tasks
        i = len(tasks)
        while i and time_module.ticks_diff(tasks[i - 1].ph_key, key) > 0:
            i -= 1
        tasks.insert(i, task)

    def pop(self):
        return self._tasks.pop(0)

    def remove(self, task):
        self._tasks.remove(task)


class Task:
    """A coroutine with what asyncio.core knows of it.

    `state`: True while it runs, a TaskQueue once others wait for it, a callable to be told of its
    end; None or False when it is over. `data`: the queue it waits in, or how it ended. `scope`:
    the globals of asyncio.core.
    """

    def __init__(self, coro, scope=None):
        self.coro = coro
        self.data = None
        self.state = True
        self.ph_key = 0
        self._scope = scope

    def __iter__(self):
        if not self.state:
            self.state = False
        elif self.state is True:
            self.state = TaskQueue()
        elif not isinstance(self.state, TaskQueue):
            raise RuntimeError("can't wait")
        return self

    def __next__(self):
        if not self.state:
            raise self.data
        waiter = self._scope["cur_task"]
        self.state.push(waiter)
        waiter.data = self

    def done(self):
        return not self.state

    def cancel(self):
        if not self.state:
            return False
        scope = self._scope
        if self is scope["cur_task"]:
            raise RuntimeError("can't cancel self")
        # Who waits for a task is cancelled through that.
        task = self
        while isinstance(task.data, Task):
            task = task.data
        ready = scope["_task_queue"]
        if hasattr(task.data, "remove"):
            task.data.remove(task)
            ready.push(task)
        elif time_module.ticks_diff(task.ph_key, time_module.ticks_ms()) > 0:
            ready.remove(task)
            ready.push(task)
        task.data = scope["CancelledError"]
        return True
