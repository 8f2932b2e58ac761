#!/usr/bin/env python3
"""Runs a command in a terminal and writes what the terminal shows at its end, or at a moment before, as an SVG.

    python3 .ci/screenshot.py examples/demo.svg --at 16 -- src/ActorTrain.Cli/bin/Release/net10.0/actortrain demo
"""
import argparse, codecs, fcntl, html, os, pty, re, select, signal, struct, termios, time

COLORS = ["#1d1f21", "#cc6666", "#b5bd68", "#f0c674", "#81a2be", "#b294bb", "#8abeb7", "#c5c8c6",
          "#969896", "#d54e53", "#b9ca4a", "#e7c547", "#7aa6da", "#c397d8", "#70c0b1", "#ffffff"]
PLAIN, BACKGROUND = "#c5c8c6", "#1d1f21"


class Screen:
    """As much of a terminal as the command uses: text, line feeds, cursor movement, erasing, colours."""

    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.lines, self.x, self.y, self.style = [[]], 0, 0, (PLAIN, False)

    def feed(self, text):
        for token in re.findall(r"\x1b\[[?\d;]*[A-Za-z]|\x1b[^\[]|[\s\S]", text):
            if token.startswith("\x1b["):
                self.control(token[2:-1], token[-1])
            elif token == "\n":
                self.y += 1
            elif token == "\r":
                self.x = 0
            elif token >= " ":
                self.put(token)

    def put(self, character):
        if self.x >= self.columns:
            self.x, self.y = 0, self.y + 1
        line = self.line()
        line.extend([(" ", (PLAIN, False))] * (self.x + 1 - len(line)))
        line[self.x] = (character, self.style)
        self.x += 1

    def line(self):
        self.lines.extend([] for _ in range(self.y + 1 - len(self.lines)))
        return self.lines[self.y]

    def control(self, numbers, command):
        if numbers.startswith("?"):
            return
        values = [int(number) for number in numbers.split(";") if number] or [0]
        count = max(1, values[0])
        if command == "A":
            self.y = max(0, self.y - count)
        elif command == "B":
            self.y += count
        elif command == "C":
            self.x += count
        elif command == "D":
            self.x = max(0, self.x - count)
        elif command == "G":
            self.x = count - 1
        elif command == "K":
            line = self.line()
            self.lines[self.y] = [] if values[0] == 2 else line[: self.x]
        elif command == "J":
            self.lines[self.y] = self.line()[: self.x]
            del self.lines[self.y + 1:]
        elif command == "m":
            self.color(values)

    def color(self, values):
        color, bold = self.style
        while values:
            value = values.pop(0)
            if value == 0:
                color, bold = PLAIN, False
            elif value == 1:
                bold = True
            elif value == 39:
                color = PLAIN
            elif 30 <= value <= 37 or 90 <= value <= 97:
                color = COLORS[value - 30 if value < 90 else value - 82]
            elif value == 38 and values[:1] == [5] and len(values) > 1:
                color = eight_bit(values[1])
                values = values[2:]
            elif value == 38 and values[:1] == [2] and len(values) > 3:
                color = "#%02x%02x%02x" % tuple(values[1:4])
                values = values[4:]
        self.style = (color, bold)


def eight_bit(number):
    if number < 16:
        return COLORS[number]
    if number > 231:
        return "#" + "%02x" % (8 + 10 * (number - 232)) * 3
    number -= 16
    return "#" + "".join("%02x" % (0 if part == 0 else 55 + 40 * part) for part in (number // 36, number // 6 % 6, number % 6))


def run(command, columns, rows, until):
    screen, decoder = Screen(columns, rows), codecs.getincrementaldecoder("utf-8")("replace")
    process, terminal = pty.fork()
    if process == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execvp(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    end = time.monotonic() + until
    while time.monotonic() < end:
        if not select.select([terminal], [], [], max(0, end - time.monotonic()))[0]:
            break
        try:
            screen.feed(decoder.decode(os.read(terminal, 65536)))
        except OSError:
            break
    picture = [list(line) for line in screen.lines]
    try:
        os.kill(process, signal.SIGINT)
    except ProcessLookupError:
        pass
    os.close(terminal)
    os.waitpid(process, 0)
    return picture


def svg(title, lines, columns):
    while lines and not any(character != " " for character, _ in lines[-1]):
        lines.pop()
    width, height = columns * 8.4 + 32, len(lines) * 18 + 64
    rows = []
    for number, line in enumerate(lines):
        spans, start = [], 0
        while start < len(line):
            end = start
            while end < len(line) and line[end][1] == line[start][1]:
                end += 1
            color, bold = line[start][1]
            text = html.escape("".join(character for character, _ in line[start:end]))
            spans.append(f'<tspan x="{16 + start * 8.4:.1f}" fill="{color}"{" font-weight=" + chr(34) + "bold" + chr(34) if bold else ""}>{text}</tspan>')
            start = end
        rows.append(f'<text y="{58 + number * 18}">{"".join(spans)}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" '
        'font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14" xml:space="preserve">\n'
        f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>\n'
        + "".join(f'<circle cx="{20 + 20 * i}" cy="20" r="6" fill="{color}"/>\n' for i, color in enumerate(("#ff5f56", "#ffbd2e", "#27c93f")))
        + f'<text x="{width / 2:.0f}" y="25" fill="#969896" text-anchor="middle">{html.escape(title)}</text>\n'
        + "\n".join(rows) + "\n</svg>\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--at", type=float, default=600, help="seconds after the start; without it, the end")
    parser.add_argument("--columns", type=int, default=116)
    parser.add_argument("--rows", type=int, default=40)
    parser.add_argument("--title")
    parser.add_argument("command", nargs="+")
    given = parser.parse_args()
    lines = run(given.command, given.columns, given.rows, given.at)
    title = given.title or " ".join([os.path.basename(given.command[0]), *given.command[1:]])
    with open(given.file, "w", encoding="utf-8") as file:
        file.write(svg(title, lines, given.columns))
