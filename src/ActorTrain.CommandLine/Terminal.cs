using ActorTrain.CommandLine.Running;
using Spectre.Console;

namespace ActorTrain.CommandLine;

/// <summary>Where a verb writes.</summary>
/// <param name="Program">The program's name, as users type it; each error line begins with it.</param>
/// <param name="Output">Results and progress.</param>
/// <param name="Error">Errors, one line each.</param>
/// <param name="IsInteractive">Whether a person watches, so that a live view is useful.</param>
/// <param name="IsProcessConsole">Whether this is the console of this process, so that the verb handles the process's
/// unhandled errors too.</param>
internal sealed record Terminal(
    string Program,
    TextWriter Output,
    TextWriter Error,
    bool IsInteractive,
    bool IsProcessConsole = false
)
{
    private const int PlainWidth = 140;

    /// <summary>The console of this process.</summary>
    public static Terminal ForThisProcess(string program) =>
        new(
            program,
            new LossyWriter(Console.Out),
            new LossyWriter(Console.Error),
            !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Interactive,
            IsProcessConsole: true
        );

    /// <summary>Writes an error in one line.</summary>
    public void WriteError(string sentence) => Error.WriteLine($"{Program}: " + sentence.ReplaceLineEndings(" "));

    /// <summary>Writes a table, without colors and with a fixed width if the output is not interactive.</summary>
    public void Write(Spectre.Console.Rendering.IRenderable content)
    {
        if (IsInteractive)
        {
            AnsiConsole.Write(content);
            return;
        }
        var plain = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(Output),
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.No,
            }
        );
        plain.Profile.Width = PlainWidth;
        plain.Write(content);
    }
}
