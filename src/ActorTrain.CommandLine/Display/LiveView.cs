using ActorTrain.Job;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ActorTrain.CommandLine.Display;

/// <summary>Shows a run in a terminal: one picture, updated in place.</summary>
internal sealed class LiveView(IAnsiConsole console) : IRunView
{
    private const int BarWidth = 40;
    private const int LatestEvents = 4;

    private readonly Lock _lock = new();
    private LiveDisplayContext? _live;
    private IRenderable _picture = new Text("");
    private string _said = "";

    public Task ShowAsync(IAsyncEnumerable<JobProgress> progress) =>
        console
            .Live(_picture)
            .AutoClear(false)
            .StartAsync(async live =>
            {
                _live = live;
                await foreach (var moment in progress)
                    Show(Picture(moment), _said);
                _live = null;
            });

    public void Say(string line) => Show(_picture, line);

    private void Show(IRenderable picture, string said)
    {
        lock (_lock)
        {
            (_picture, _said) = (picture, said);
            _live?.UpdateTarget(said.Length == 0 ? picture : new Rows(picture, new Text(said)));
            _live?.Refresh();
        }
    }

    /// <summary>The picture of a progress.</summary>
    public static IRenderable Picture(JobProgress progress)
    {
        List<IRenderable> rows =
        [
            new Markup(
                $"{Bar(progress.PartDone())} [bold]{Figures.Percent(progress.PartDone())}[/]  "
                    + $"{Markup.Escape(progress.Job)}"
            ),
            new Text(ProgressLine.Format(progress)),
        ];
        if (progress.Workers.Count > 0)
            rows.Add(Tables.Workers(progress.Workers));
        rows.AddRange(progress.CompletedEpochs.Select(epoch => new Text(ProgressLine.Format(epoch, progress))));
        rows.AddRange(
            progress.Events.TakeLast(LatestEvents).Select(raised => new Text(ProgressLine.Format(raised), Color.Yellow))
        );
        return new Rows(rows);
    }

    private static string Bar(double part)
    {
        var filled = (int)(part * BarWidth);
        return $"[green]{new string('━', filled)}[/][grey]{new string('─', BarWidth - filled)}[/]";
    }
}
