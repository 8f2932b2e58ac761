using System.Reflection;
using System.Text;
using ActorTrain.Sentences;
using Akka.Configuration;

namespace ActorTrain.Settings;

/// <summary>Reads HOCON files: job files and node configurations.</summary>
internal static class ConfigurationFile
{
    private const long LargestBytes = 1 << 20;

    /// <summary>
    /// Reads a file and checks its form and its keys: a key that is not in reference.conf is an error, except under
    /// <c>akka</c>.
    /// </summary>
    /// <returns>The configuration; errors about its values name the file and the line.</returns>
    /// <exception cref="ActorTrainException">The file cannot be read, is not well-formed HOCON, or has an unknown
    /// key.</exception>
    public static Config Read(string path)
    {
        var config = ReadUnchecked(path);
        KnownKeys.Reference.Check(config);
        return config;
    }

    /// <summary>Reads a file and checks its form, but not its keys.</summary>
    internal static LocatedConfig ReadUnchecked(string path) => Parse(Text(path), path);

    /// <summary>Reads an embedded resource of an assembly.</summary>
    internal static LocatedConfig Embedded(Assembly assembly, string resource)
    {
        using var stream =
            assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"{resource} is not in {assembly.GetName().Name}");
        using var reader = new StreamReader(stream);
        return Parse(reader.ReadToEnd(), string.Join('.', resource.Split('.')[^2..]));
    }

    /// <summary>A text as a quoted HOCON value.</summary>
    internal static string Quoted(string? text) =>
        $"\"{text?.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>Parses a text of <paramref name="file"/>; its keys are not checked.</summary>
    internal static LocatedConfig Parse(string text, string file)
    {
        var outline = HoconOutline.Parse(text, file);
        if (Substitution.FirstCycle(outline.Substitutions) is { } cycle)
            throw new ActorTrainException($"{file}, line {cycle.Line}: ${{{cycle.Target}}} leads back to itself.");
        try
        {
            return new LocatedConfig(Akka.Configuration.Hocon.Parser.Parse(text, null), file, outline);
        }
        catch (FormatException unresolved)
            when (outline.Substitutions.FirstOrDefault(s =>
                    unresolved.Message.EndsWith(": " + s.Target, StringComparison.Ordinal)
                )
                    is { } missing
            )
        {
            throw new ActorTrainException(
                $"{file}, line {missing.Line}: ${{{missing.Target}}} names a key that this file does not have.",
                unresolved
            );
        }
        catch (FormatException unknown) when (Position(unknown.Message) is { } at && at <= text.Length)
        {
            throw new ActorTrainException(
                $"{file}, line {text.AsSpan(0, at).Count('\n') + 1}: this is not HOCON that can be read; one key = "
                    + $"value a line always is.",
                unknown
            );
        }
        // Any other exception is a failure of the parser: they range from FormatException to NullReferenceException.
        catch (Exception unreadable)
        {
            throw new ActorTrainException(
                $"{file} is not HOCON that can be read: {FirstLine(unreadable.Message).AsClause()}.",
                unreadable
            );
        }
    }

    private static string Text(string path)
    {
        if (Directory.Exists(path))
            throw new ActorTrainException($"{path} is a folder; name a configuration file.");
        if (!File.Exists(path))
            throw new ActorTrainException($"{path} does not exist; name a configuration file.");
        try
        {
            if (new FileInfo(path).Length > LargestBytes)
                throw new ActorTrainException($"{path} is no configuration file: it is larger than 1 MiB.");
            return Decode(File.ReadAllBytes(path), path);
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            throw new ActorTrainException($"{path} cannot be read: {FirstLine(denied.Message).AsClause()}.", denied);
        }
    }

    private static string Decode(byte[] bytes, string path)
    {
        try
        {
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes).TrimStart('\uFEFF');
            if (string.IsNullOrWhiteSpace(text))
                throw new ActorTrainException(
                    $"{path} is empty; a configuration file holds settings such as actortrain.job.epochs = 5."
                );
            var control = text.AsSpan().IndexOfAnyInRange('\0', '\b');
            if (control < 0)
                return text;
            throw new ActorTrainException(
                $"{path}, line {text.AsSpan(0, control).Count('\n') + 1}: this is no text; name a configuration file."
            );
        }
        catch (DecoderFallbackException binary)
        {
            throw new ActorTrainException(
                $"{path}, line {bytes.AsSpan(0, Math.Max(0, binary.Index)).Count((byte)'\n') + 1}: this is no UTF-8 "
                    + $"text; name a configuration file.",
                binary
            );
        }
    }

    private static int? Position(string message)
    {
        const string start = "Unknown token at position ";
        if (!message.StartsWith(start, StringComparison.Ordinal))
            return null;
        var digits = message.AsSpan(start.Length);
        var colon = digits.IndexOf(':');
        return colon > 0 && int.TryParse(digits[..colon], out var position) ? position : null;
    }

    private static string FirstLine(string message) => message.ReplaceLineEndings("\n").Split('\n')[0];
}
