using System.CommandLine;
using System.CommandLine.Parsing;
using ActorTrain.Settings;

namespace ActorTrain.CommandLine;

/// <summary>Describes in one sentence what is wrong with a command line.</summary>
internal static class ParseSentence
{
    /// <summary>The sentence of the first error; null if there is none, or if help was requested.</summary>
    public static string? From(ParseResult parsed, string program)
    {
        if (parsed.Action is ExampleHelp or { ClearsParseErrors: true })
            return null;
        var command = parsed.CommandResult.Command;
        // The parser reads an unknown option as the job file.
        if (Arguments(parsed).FirstOrDefault(token => token.StartsWith('-')) is { } option)
            return Unknown(option, command, program);
        if (parsed.UnmatchedTokens is [var unknown, ..])
            return Unknown(unknown, command, program);
        if (parsed.Errors.Count == 0)
            return null;
        if (command.Subcommands.Count > 0)
            return $"a verb is missing; write one of {Names(command.Subcommands)}, or --help";
        var message = parsed.Errors[0].Message;
        var isValueMissing = message.StartsWith("Required argument missing for option: ", StringComparison.Ordinal);
        var problem = isValueMissing ? $"{QuotedOption(message)} needs a value" : message.TrimEnd('.');
        return $"{problem}; see {program} {command.Name} --help";
    }

    private static IEnumerable<string> Arguments(ParseResult parsed) =>
        parsed
            .CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens)
            .Select(token => token.Value);

    private static string Unknown(string token, Command command, string program)
    {
        if (
            command.Subcommands.Count > 0
            && RenamedKeys.NewVerbOf(token) is { } verb
            && command.Subcommands.Any(other => other.Name == verb)
        )
            return $"there is no verb {token}; it is called {verb} now";
        if (command.Subcommands.Count > 0 && !token.StartsWith('-'))
            return $"there is no verb {token}; "
                + $"{Suggestion(token, command.Subcommands) ?? $"write one of {Names(command.Subcommands)}"}";
        if (!token.StartsWith('-'))
            return $"{command.Name} takes no argument {token}; see {program} {command.Name} --help";
        token = token.Split('=', ':')[0];
        if (
            RenamedKeys.NewOptionOf(token) is { } now
            && command.Options.Any(option => option.Name == now && !option.Hidden)
        )
            return $"{command.Name} has no option {token}; it is called {now} now";
        return $"{command.Name} has no option {token}; "
            + $"{Suggestion(token, command.Options) ?? $"see {program} {command.Name} --help"}";
    }

    private static string? Suggestion(string token, IEnumerable<Symbol> symbols) =>
        Spelling.Nearest(token, symbols.Where(symbol => !symbol.Hidden).Select(symbol => symbol.Name)) is { } name
            ? $"did you mean {name}?"
            : null;

    private static string Names(IEnumerable<Symbol> symbols) =>
        string.Join(", ", symbols.Select(symbol => symbol.Name));

    private static string QuotedOption(string message) =>
        message[(message.IndexOf('\'', StringComparison.Ordinal) + 1)..].TrimEnd('.', '\'');
}
