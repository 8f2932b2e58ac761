using System.CommandLine;
using System.CommandLine.Parsing;
using ActorTrain.Settings;

namespace ActorTrain.CommandLine;

/// <summary>Says in one sentence what is wrong with a command line.</summary>
internal static class ParseSentence
{
    /// <summary>The first error's sentence; null when there is none, or help was asked for.</summary>
    public static string? Of(ParseResult parsed, string program)
    {
        if (parsed.Action is ExampleHelp or { ClearsParseErrors: true })
            return null;
        var command = parsed.CommandResult.Command;
        // The parser takes an option that it does not know for the job file.
        if (Arguments(parsed).FirstOrDefault(token => token.StartsWith('-')) is { } option)
            return Unknown(option, command, program);
        if (parsed.UnmatchedTokens is [var unknown, ..])
            return Unknown(unknown, command, program);
        if (parsed.Errors.Count == 0)
            return null;
        if (command.Subcommands.Count > 0)
            return $"a verb is missing; write one of {Names(command.Subcommands)}, or --help";
        return
            parsed.Errors[0].Message is var message
            && message.StartsWith("Required argument missing for option: ", StringComparison.Ordinal)
            ? $"{Option(message)} needs a value; see {program} {command.Name} --help"
            : $"{message.TrimEnd('.')}; see {program} {command.Name} --help";
    }

    private static IEnumerable<string> Arguments(ParseResult parsed) =>
        parsed
            .CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens)
            .Select(token => token.Value);

    private static string Unknown(string token, Command command, string program)
    {
        if (command.Subcommands.Count > 0 && !token.StartsWith('-'))
            return $"there is no verb {token}; "
                + $"{Meant(token, command.Subcommands) ?? $"write one of {Names(command.Subcommands)}"}";
        if (!token.StartsWith('-'))
            return $"{command.Name} does not know what to do with {token}; see {program} {command.Name} --help";
        token = token.Split('=', ':')[0];
        return $"{command.Name} has no option {token}; "
            + $"{Meant(token, command.Options) ?? $"see {program} {command.Name} --help"}";
    }

    private static string? Meant(string token, IEnumerable<Symbol> symbols) =>
        Spelling.Nearest(token, symbols.Where(symbol => !symbol.Hidden).Select(symbol => symbol.Name)) is { } name
            ? $"did you mean {name}?"
            : null;

    private static string Names(IEnumerable<Symbol> symbols) =>
        string.Join(", ", symbols.Select(symbol => symbol.Name));

    private static string Option(string message) =>
        message[(message.IndexOf('\'', StringComparison.Ordinal) + 1)..].TrimEnd('.', '\'');
}
