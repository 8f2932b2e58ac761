using ActorTrain.Telemetry;
using ActorTrain.Tests.Architecture;

namespace ActorTrain.Tests.Telemetry;

/// <summary>What ActorTrain logs can be queried by event and by value, and read in every host.</summary>
public sealed class LogMessagesTests
{
    // What Akka.Hosting adds to each entry, and we to each message: a value of that name would be lost.
    private static readonly string[] OtherProperties =
    [
        "ActorPath",
        "Timestamp",
        "Thread",
        "LogSource",
        LoggedMessage.IdProperty,
        LoggedMessage.NameProperty,
    ];

    /// <summary>All ids that were ever given. A line is added for a new message, and none is changed.</summary>
    private static readonly string[] Given = File.ReadAllLines(
        Path.Combine(Repository.Root, "tests", "ActorTrain.Tests", "Telemetry", "LogIds.txt")
    );

    [Fact]
    public void An_id_belongs_to_one_message() => LogCatalogue.All.Select(entry => entry.Message.Id).ShouldBeUnique();

    [Fact]
    public void An_id_is_never_given_to_another_message()
    {
        Given.Select(line => line.Split(' ')[0]).ShouldBeUnique("LogIds.txt");
        Given.Select(line => line.Split(' ')[1]).ShouldBeUnique("LogIds.txt");
        LogCatalogue
            .All.Select(entry => $"{entry.Message.Id} {entry.Message.Name}")
            .Except(Given)
            .ShouldBeEmpty("a new message needs a line with a new id in LogIds.txt");
    }

    [Fact]
    public void Each_placeholder_has_the_name_of_its_value()
    {
        foreach (var entry in LogCatalogue.All)
        {
            var names = entry.Message.PropertyNames;
            names.ShouldBe(entry.Parameters, entry.Message.Name);
            names.ShouldBeUnique(entry.Message.Name);
            names.Intersect(OtherProperties).ShouldBeEmpty(entry.Message.Name);
        }
    }

    [Fact]
    public void A_messages_name_is_its_methods() =>
        LogCatalogue
            .All.Select(entry => entry.Message.Name)
            .ShouldBe(LogCatalogue.Methods.Select(method => method.Name), ignoreOrder: true);

    [Fact]
    public void A_message_contains_its_values_as_they_are_under_a_formatter_without_named_placeholders()
    {
        foreach (var entry in LogCatalogue.All)
        {
            var text = entry.Message.ToString();
            text.ShouldNotContain("INVALID LOG FORMAT");
            foreach (var value in entry.Message.Parameters())
                text.ShouldContain($"{value}");
            entry.Message.GetProperties().Count.ShouldBe(entry.Parameters.Count);
        }
    }

    [Fact]
    public void A_single_refusal_is_logged_without_a_count()
    {
        var log = new RecordingLog();
        log.ConnectionClosed("The lane", "10.0.0.5", "it sent nothing", times: 1);
        log.ConnectionClosed("The lane", "10.0.0.5", "it sent nothing", times: 5999);
        log.Entries.Select(entry => $"{entry.Message}")
            .ShouldBe([
                "The lane closed the connection from 10.0.0.5: it sent nothing",
                "The lane closed the connection from 10.0.0.5: it sent nothing "
                    + "(5,999 times since the last message about it)",
            ]);
    }
}
