using System.Globalization;
using System.Net;
using System.Text;
using ActorTrain.CommandLine.Display;
using ActorTrain.TestKit;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace ActorTrain.Cli.Simulating;

/// <summary>
/// A simulation as an HTML page: shares, throughput and staleness over time with the faults marked, and below them the
/// events.
/// </summary>
internal static class PlotPage
{
    private const int Width = 1100,
        Height = 300,
        MostWorkers = 12,
        Intervals = 300;

    public static string Create(SimulationResult result)
    {
        var intervals = TimelineInterval.Divide(result.Timeline, Intervals);
        var page = new StringBuilder(
            """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>ActorTrain simulation</title>
            <style>
            body { font-family: sans-serif; margin: 2em }
            table { border-collapse: collapse }
            td, th { text-align: left; padding: 0.2em 1em 0.2em 0; vertical-align: top }
            svg { display: block }
            </style></head><body>

            """
        );
        page.AppendLine($"<h1>{Text(result.Report?.Job ?? "A job that failed")}</h1>");
        page.AppendLine(
            $"<p>{Text(result.Failure ?? string.Join("; ", Summary.Lines(result.Report!, canceled: false)))}</p>"
        );
        foreach (
            var model in new[]
            {
                Shares(intervals),
                Line("Samples a second", intervals, interval => interval.Throughput),
                Line("Mean staleness", intervals, interval => interval.Staleness),
            }
        )
        {
            foreach (var (at, fault) in result.Faults)
                model.Annotations.Add(Mark(at, fault.Words));
            page.AppendLine(Svg(model));
        }
        Table(
            page,
            "Events",
            ["time, s", "event", "node", "reason", "action"],
            result
                .Faults.Select(fault => (fault.At, (string[])["script", "", fault.Fault.Words, ""]))
                .Concat(
                    result.Happened.Select(raised =>
                        (
                            raised.At,
                            (string[])[raised.Event.Kind, raised.Event.Node, raised.Event.Reason, raised.Event.Action]
                        )
                    )
                )
                .OrderBy(row => row.Item1)
                .Select(row =>
                    (string[])[row.Item1.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture), .. row.Item2]
                )
        );
        Table(
            page,
            "Links",
            ["from", "to", "messages", "bytes"],
            result
                .Links.OrderByDescending(link => link.Bytes)
                .Take(50)
                .Select(link => (string[])[link.From, link.To, Figures.Count(link.Messages), Figures.Count(link.Bytes)])
        );
        return page.AppendLine("</body></html>").ToString();
    }

    /// <summary>A stacked plot, with the strongest worker at the bottom.</summary>
    private static PlotModel Shares(IReadOnlyList<TimelineInterval> intervals)
    {
        var model = Empty("Share of the samples, %");
        model.Legends.Add(new Legend { LegendPlacement = LegendPlacement.Outside });
        var workers = intervals
            .SelectMany(interval => interval.Samples)
            .GroupBy(worker => worker.Key)
            .OrderByDescending(worker => worker.Sum(interval => interval.Value))
            .Select(worker => worker.Key)
            .ToList();
        var layers = workers
            .Take(MostWorkers)
            .Select(worker => (Name: worker, Workers: (IEnumerable<string>)[worker]))
            .ToList();
        if (workers.Count > MostWorkers)
            layers.Add(($"{workers.Count - MostWorkers} others", workers.Skip(MostWorkers)));
        var floor = new double[intervals.Count];
        foreach (var (name, members) in layers)
        {
            var area = new AreaSeries { Title = name, StrokeThickness = 0.5 };
            for (var i = 0; i < intervals.Count; i++)
            {
                area.Points2.Add(new DataPoint(intervals[i].End.At.TotalSeconds, floor[i]));
                floor[i] += 100 * members.Sum(intervals[i].ShareOf);
                area.Points.Add(new DataPoint(intervals[i].End.At.TotalSeconds, floor[i]));
            }
            model.Series.Add(area);
        }
        return model;
    }

    private static PlotModel Line(
        string title,
        IReadOnlyList<TimelineInterval> intervals,
        Func<TimelineInterval, double> value
    )
    {
        var model = Empty(title);
        var line = new LineSeries { Color = OxyColors.SteelBlue };
        line.Points.AddRange(
            intervals.Select(interval => new DataPoint(interval.End.At.TotalSeconds, value(interval)))
        );
        model.Series.Add(line);
        return model;
    }

    private static PlotModel Empty(string title)
    {
        var model = new PlotModel
        {
            Title = title,
            TitleFontSize = 14,
            Culture = CultureInfo.InvariantCulture,
        };
        model.Axes.Add(
            new LinearAxis
            {
                Position = AxisPosition.Bottom,
                Title = "seconds",
                Minimum = 0,
            }
        );
        model.Axes.Add(
            new LinearAxis
            {
                Position = AxisPosition.Left,
                Minimum = 0,
                MaximumPadding = 0.1,
            }
        );
        return model;
    }

    private static LineAnnotation Mark(TimeSpan at, string text) =>
        new()
        {
            Type = LineAnnotationType.Vertical,
            X = at.TotalSeconds,
            Text = text,
            FontSize = 10,
            Color = OxyColors.Firebrick,
        };

    private static string Svg(PlotModel model)
    {
        var text = new SvgExporter { Width = Width, Height = Height }.ExportToString(model);
        return text[text.IndexOf("<svg", StringComparison.Ordinal)..];
    }

    private static void Table(StringBuilder page, string title, string[] columns, IEnumerable<string[]> rows)
    {
        page.AppendLine(
            $"<h2>{title}</h2><table><tr>{string.Concat(columns.Select(column => $"<th>{column}</th>"))}</tr>"
        );
        foreach (var row in rows)
            page.AppendLine($"<tr>{string.Concat(row.Select(cell => $"<td>{Text(cell)}</td>"))}</tr>");
        page.AppendLine("</table>");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
