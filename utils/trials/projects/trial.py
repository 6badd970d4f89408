"""One build of a project with all linkers, and whether it comes out the same."""

import difflib

from projects import results
from projects.build import StepFailed

SAME, OURS, CONTROL, NOT = "same", "OURS", "control fails too", "not tried"


class Trial:
    """One build with all arms; what came out, as one object for --json."""

    def __init__(self, build, arms, args):
        self.build, self.arms, self.args = build, arms, args
        self.notes, self.wrong = [], []
        self.row = {
            "project": build.project.name,
            "variant": build.variant,
            "linker": build.under,
            "modes": {},
        }

    def ours(self, text):
        self.wrong.append(text)

    def finish(self, verdict):
        self.row |= {"verdict": verdict, "wrong": self.wrong, "notes": self.notes}
        self.row |= {"commands": [], "folder": str(self.build.folder)}
        if verdict == OURS:
            self.build.use(self.arms[0])
            self.row["commands"] = self.build.recipe(self.arms[0])
        return self.row

    def record(self, arm, links, found, seconds):
        self.row["modes"][arm.name] = {
            "links": links._asdict(),
            "tests": sum(results.tests(found).values()),
            "failing": results.failures(found),
            "seconds of tests": round(seconds, 1),
        }
        name, foreign = arm.name, links.foreign
        if foreign:
            text = f"{name}: not linked by {arm.maker.name}: {', '.join(foreign[:5])}"
            (self.ours if arm.ours else self.notes.append)(text)
        for problem in links.problems:
            self.ours(f"{name}: {problem}")
        for reason, files in links.refused.items():
            if reason.startswith("internal error"):
                self.ours(f"{name}: refused: {reason}: {', '.join(files)}")
                continue
            self.notes.append(f"{name}: refused: {reason}: {', '.join(files)}")

    def run(self):
        *ours, control = self.arms
        runs = []  # (arm, how, results)
        try:
            answers = self.build.answers(ours[0]) if self.args.answers else {}
            for arm in ours:
                links = self.build.link(arm)
                found, seconds = self.build.test(arm)
                self.record(arm, links, found, seconds)
                runs.append((arm, "test", found))
                # Relays are bound when a library is loaded, whatever is asked for.
                if self.args.bind_now and links.modes.keys() != {"relay"}:
                    env = {"LD_BIND_NOW": "1"}
                    found, _ = self.build.test(arm, "test-now", env)
                    runs.append((arm, "test-now", found))
        except StepFailed as e:
            return self.blame(e, control)
        try:
            if self.args.answers:
                self.compare_answers(answers, self.build.answers(control))
            links = self.build.link(control)
            base, seconds = self.build.test(control)
        except StepFailed as e:
            self.notes.append(f"the control: {e}")
            return self.finish(CONTROL)
        self.record(control, links, base, seconds)
        if sum(results.tests(base).values()) <= results.failures(base):
            self.notes.append("no test passes with the control")
            return self.finish(CONTROL)
        self.compare(runs, base, control)
        return self.finish(OURS if self.wrong else SAME)

    def blame(self, failed, control):
        """A step failed with ours: does it with the control, too?"""
        self.build.forget()
        try:
            self.build.link(control)
        except StepFailed as e:
            self.notes.append(f"ours: {failed}")
            self.notes.append(f"the control: {e}")
            return self.finish(CONTROL)
        finally:
            self.build.forget()
        self.ours(f"{failed} (with the control it is well)")
        return self.finish(OURS)

    def compare_answers(self, ours, theirs):
        for name in sorted({*ours, *theirs}):
            one, two = (x.get(name, ["no such file"]) for x in (theirs, ours))
            lines = difflib.unified_diff(one, two, "control", "ours", n=0, lineterm="")
            if text := "; ".join(list(lines)[3:8]):
                self.ours(f"configured otherwise: {name}: {text}")

    def compare(self, runs, base, control):
        bases = {"test": base}
        for arm, how, found in runs:
            env = {"LD_BIND_NOW": "1"} if how == "test-now" else None
            if how not in bases and found != base:
                bases[how], _ = self.build.test(control, how, env)
        worse = {}
        for arm, how, found in runs:
            if keys := results.worse(bases.get(how, base), found):
                worse[arm, how] = keys
        if not worse:
            return
        # Does the control agree with itself, and do ours?
        unsteady = set()
        for how in sorted({how for _, how in worse}):
            env = {"LD_BIND_NOW": "1"} if how == "test-now" else None
            for _ in range(self.args.repeat):
                again, _ = self.build.test(control, f"{how}-again", env)
                unsteady |= results.unsteady(bases[how], again)
        if unsteady:
            shown = "; ".join(sorted(map(results.show, unsteady))[:10])
            self.notes.append(f"unsteady with the control itself: {shown}")
        for (arm, how), keys in worse.items():
            keys = [key for key in keys if key[:2] not in unsteady]
            if not keys:
                continue
            self.build.link(arm)
            env = {"LD_BIND_NOW": "1"} if how == "test-now" else None
            again = 0
            for _ in range(self.args.repeat):
                found, _ = self.build.test(arm, f"{how}-again", env)
                again += bool(results.worse(bases[how], found))
            often = f"{again} of {self.args.repeat} more runs too"
            shown = "; ".join(map(results.show, keys[:10]))
            more = f" and {len(keys) - 10} more" if len(keys) > 10 else ""
            self.ours(f"{arm.name}, {how}, {often}: {shown}{more}")
