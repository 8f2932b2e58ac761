using ActorTrain.CommandLine.Running;
using Spectre.Console;

namespace ActorTrain.CommandLine;

/// <summary>Where a verb writes to.</summary>
/// <param name="Program">The program's name, as users type it; errors begin with it.</param>
/// <param name="Output">Results and progress.</param>
/// <param name="Error">What went wrong, one line each.</param>
/// <param name="IsInteractive">Whether a person watches, so that a live view makes sense.</param>
/// <param name="IsOfThisProcess">Whether this is the process's own console, and so the process the verb's.</param>
internal sealed record Terminal(
    string Program,
    TextWriter Output,
    TextWriter Error,
    bool IsInteractive,
    bool IsOfThisProcess = false
)
{
    private const int PlainWidth = 140;

    /// <summary>The console of this process.</summary>
    public static Terminal OfThisProcess(string program) =>
        new(
            program,
            new LossyWriter(Console.Out),
            new LossyWriter(Console.Error),
            !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Interactive,
            IsOfThisProcess: true
        );

    /// <summary>Writes one line about an error.</summary>
    public void Complain(string sentence) => Error.WriteLine($"{Program}: " + sentence.ReplaceLineEndings(" "));

    /// <summary>Writes a table or the like, without colours and wide enough where nobody watches.</summary>
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
