"""A run under CPython: the program gets the board's modules by way of its imports alone."""

import builtins
import os
import sys

from virtual_board import os_module_hosted, start

_import = builtins.__import__
_open = builtins.open


class Run(start.Run):
    def __init__(self, config):
        super().__init__(config)
        self._modules = {}

    def _install(self, name, module):
        if name == "micropython":
            self._scheduler = module
        # Without `micropython` a program takes the way it has for CPython, not that of viper.
        if name != "micropython":
            self._modules[name] = self._modules["u" + name] = module

    def _mount(self):
        config = self.config
        root = os.path.realpath(config["root"])
        self._own = [root + os.sep]
        path = [root, os.path.join(root, "lib")]
        if config["lib"]:
            self._own.append(os.path.realpath(config["lib"]) + os.sep)
            path.append(os.path.dirname(os.path.realpath(config["lib"])))
        if config["board_dir"]:
            self._own.append(os.path.realpath(config["board_dir"]) + os.sep)
            path.append(config["board_dir"])
        os.chdir(root)
        sys.path[:] = path + sys.path[1:]
        os_module_hosted.confine(self._modules["os"], root)
        self._modules["sys"].path = ["", ".frozen", "/lib"]
        builtins.__import__ = self._import
        builtins.open = os_module_hosted.opener(_open, root)

    def _import(self, name, scope=None, local=None, what=(), level=0):
        if level == 0 and self._is_program(scope):
            if name in self._modules:
                return self._modules[name]
            # Who wants the scheduler alone has a way without viper.
            if name == "micropython" and what == ("schedule",):
                return self._scheduler
        return _import(name, scope, local, what, level)

    def _is_program(self, scope):
        if not scope or scope.get("__name__") == "__main__":
            return bool(scope)
        return scope.get("__file__", "").startswith(tuple(self._own))

    def hide(self):
        pass
