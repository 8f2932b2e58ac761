using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ActorTrain.Cli.Tests.Documents;

namespace ActorTrain.Cli.Tests.Verbs;

/// <summary>Two processes of examples/TrainingService.</summary>
public sealed class TrainingServiceTests : IAsyncLifetime
{
    private readonly List<Process> _processes = [];
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(5) };

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
        _http.Dispose();
    }

    [Fact]
    public async Task Two_processes_train_as_one_cluster_and_predict_with_the_weights()
    {
        var seed = FreePort.Reserve();
        var first = Start(seed, seed);
        var second = Start(FreePort.Reserve(), seed);

        var accepted = await Submitted(second, new { epochs = 2, workers = 2 });
        var job = $"{second}{accepted.Headers.Location}";
        var queued = await Submitted(first, new { epochs = 1, workers = 1 });
        var next = $"{first}{queued.Headers.Location}";
        var events = await _http.GetStringAsync($"{job}/events");
        var end = await _http.GetFromJsonAsync<JsonElement>(job);
        var prediction = await (
            await _http.PostAsJsonAsync($"{job}/predict", new float[784])
        ).Content.ReadAsStringAsync();

        events.Split("worker-joined").Length.ShouldBeGreaterThanOrEqualTo(3, events);
        end.GetProperty("phase").GetString().ShouldBe("Completed");
        end.GetProperty("samples").GetInt64().ShouldBe(24_000);
        prediction.ShouldContain("\"label\":\"");
        await _http.GetStringAsync($"{next}/events");
        (await _http.GetFromJsonAsync<JsonElement>(next)).GetProperty("samples").GetInt64().ShouldBe(12_000);
        (await _http.PostAsJsonAsync($"{second}/jobs", new { epochs = 0 })).StatusCode.ShouldBe(
            HttpStatusCode.BadRequest
        );
        (await _http.GetAsync($"{second}/jobs/other")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await _http.PostAsJsonAsync($"{job}/predict", new float[3])).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_job_that_is_canceled_ends_with_the_weights_so_far()
    {
        var port = FreePort.Reserve();
        var service = Start(port, port);
        var accepted = await Submitted(service, new { epochs = 1_000, workers = 1 });
        var job = $"{service}{accepted.Headers.Location}";
        await Until(async () =>
            (await _http.GetFromJsonAsync<JsonElement>(job)).GetProperty("phase").GetString() == "Training"
        );

        (await _http.PostAsync($"{job}/cancel", null)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await _http.GetStringAsync($"{job}/events");
        (await _http.GetFromJsonAsync<JsonElement>(job)).GetProperty("phase").GetString().ShouldBe("Canceled");
        (await _http.PostAsJsonAsync($"{job}/predict", new float[784])).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    // A service is there some time after its process has started, and its cluster after that.
    private async Task<HttpResponseMessage> Submitted(string service, object request)
    {
        HttpResponseMessage? accepted = null;
        await Until(async () =>
        {
            try
            {
                var answer = await _http.PostAsJsonAsync($"{service}/jobs", request);
                if (answer.StatusCode == HttpStatusCode.Accepted)
                    accepted = answer;
                else
                    answer.StatusCode.ShouldBe(
                        HttpStatusCode.ServiceUnavailable,
                        await answer.Content.ReadAsStringAsync()
                    );
            }
            catch (HttpRequestException)
            {
                _processes.ShouldAllBe(process => !process.HasExited);
            }
            return accepted is not null;
        });
        return accepted!;
    }

    private static async Task Until(Func<Task<bool>> isTrue)
    {
        var watch = Stopwatch.StartNew();
        while (!await isTrue())
        {
            watch.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(10));
            await Task.Delay(100);
        }
    }

    private string Start(int port, int seed)
    {
        var url = $"http://127.0.0.1:{FreePort.Reserve()}";
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(
            Document.Repository,
            "examples",
            "TrainingService",
            "bin",
            folder.Parent!.Name,
            folder.Name,
            "TrainingService.dll"
        );
        string[] arguments =
        [
            program,
            .. new[] { "--urls", url, "--port", $"{port}", "--seed", $"{seed}", "--source", "BuiltIn" },
        ];
        _processes.Add(Process.Start(new ProcessStartInfo("dotnet", arguments))!);
        return url;
    }
}
