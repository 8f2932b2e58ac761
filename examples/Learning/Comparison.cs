using System.Collections.Concurrent;
using System.Globalization;
using ActorTrain;

namespace Learning;

/// <summary>Runs the missing cells of a table, and prints it.</summary>
internal static class Comparison
{
    public static int Run(
        Setup setup,
        IReadOnlyList<Method> methods,
        IReadOnlyList<int> workers,
        int seeds,
        int parallel,
        string path
    )
    {
        if (workers.Count == 0 || workers.Any(count => count < 1) || seeds < 1)
            throw new ActorTrainException(
                "--workers must be numbers from 1 on, such as 1,4,8, and --seeds at least 1."
            );
        var accepted = methods.Where(method => IsAccepted(setup, method, workers)).ToList();
        var file = new ResultFile(path, setup);
        // Seed by seed, so that a comparison that is stopped has all rows.
        var cells = (
            from seed in Enumerable.Range(1, seeds)
            from count in workers
            from method in accepted
            select new Cell(method, count, seed)
        )
            .Where(cell => !file.Has(cell))
            .ToList();
        Console.Error.WriteLine($"{setup}: {cells.Count} cells to run");
        var done = 0;
        Parallel.ForEach(
            Partitioner.Create(cells, EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = parallel },
            cell =>
            {
                var result = cell.Run(setup);
                file.Add(result);
                Console.Error.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{Interlocked.Increment(ref done)}/{cells.Count} {cell}: {result.Outcome}, accuracy "
                            + $"{result.Accuracy:0.0000}, staleness {result.Staleness:0.0}, {result.Seconds:0.0} s "
                            + $"{result.Note}"
                    )
                );
            }
        );
        var shown = file
            .Results.Where(result =>
                accepted.Exists(method => method.Name == result.Method)
                && workers.Contains(result.Workers)
                && result.Seed <= seeds
            )
            .ToList();
        Console.WriteLine(LearningTable.Create(setup, [.. accepted.Select(method => method.Name)], workers, shown));
        return shown.Exists(result => result.Outcome == CellResult.Broken) ? 1 : 0;
    }

    private static bool IsAccepted(Setup setup, Method method, IReadOnlyList<int> workers)
    {
        try
        {
            foreach (var count in workers)
                setup.Job(new Cell(method, count, Seed: 1));
            return true;
        }
        catch (ActorTrainException refused)
        {
            Console.Error.WriteLine($"{method.Name} is left out: {refused.Message}");
            return false;
        }
    }
}
