using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Shipping.Tests.Receivers;

/// <summary>Grafana Loki itself, as a process on loopback: that of the environment's <c>FTL_TEST_LOKI</c>, or the first <c>loki</c> on the path.</summary>
internal sealed class LokiServer : IDisposable
{
    private const string Variable = "FTL_TEST_LOKI";

    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromMinutes(1) };
    private readonly string _program;
    private readonly string _configuration;
    private readonly int _port = FreePort();
    private Process? _process;

    private LokiServer(string program, string directory, string limits, string more)
    {
        _program = program;
        string data = Path.Combine(directory, "loki");
        _configuration = Path.Combine(directory, "loki.yml");
        Version = VersionOf(program);
        // The schema that each has for new installations.
        string schema = Version.Major >= 3 ? "v13" : "v12";
        File.WriteAllText(_configuration, $$"""
            auth_enabled: false
            server: { http_listen_address: 127.0.0.1, http_listen_port: {{_port}}, grpc_listen_address: 127.0.0.1, grpc_listen_port: {{FreePort()}}, log_level: error }
            common:
              path_prefix: {{data}}
              replication_factor: 1
              instance_addr: 127.0.0.1
              ring: { kvstore: { store: inmemory } }
              storage: { filesystem: { chunks_directory: {{data}}/chunks, rules_directory: {{data}}/rules } }
            schema_config: { configs: [ { from: 2020-01-01, store: tsdb, object_store: filesystem, schema: {{schema}}, index: { prefix: index_, period: 24h } } ] }
            # Entries of any age are looked for in memory too, where they are until they are stored.
            ingester: { wal: { enabled: true }, query_store_max_look_back_period: -1 }
            querier: { query_ingesters_within: 0 }
            limits_config: { {{limits}} }
            analytics: { reporting_enabled: false }
            {{more}}
            """);
        Start();
    }

    /// <summary>Gets its version.</summary>
    public Version Version { get; }

    public string Address => $"http://127.0.0.1:{_port}";

    /// <summary>Returns the program; skips the test where there is none.</summary>
    public static string ProgramOrSkip()
    {
        string? program = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given ? given
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(static place => Path.Combine(place, "loki")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, $"there is no loki on the path, and {Variable} does not name one");
        Assert.True(File.Exists(program), $"{Variable} names {program}, which is not there");
        return program;
    }

    /// <summary>Starts it; skips the test where there is none.</summary>
    /// <param name="directory">Where it keeps everything.</param>
    /// <param name="limits">Its <c>limits_config</c>, without braces.</param>
    /// <param name="more">More of its configuration.</param>
    public static LokiServer StartOrSkip(string directory, string limits, string more = "") => new(ProgramOrSkip(), directory, limits, more);

    /// <summary>Runs the program.</summary>
    public static (int Code, string Output) Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    public void Start()
    {
        _process = Process.Start(new ProcessStartInfo(_program, [$"-config.file={_configuration}"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        // So that it never waits for somebody who reads what it prints.
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Kills it, as <c>kill -9</c> does.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>Returns all entries, oldest first within each stream, by its labels in their order.</summary>
    /// <param name="selector">The streams.</param>
    /// <param name="from">The time from which on.</param>
    /// <param name="to">The time up to which.</param>
    public SortedDictionary<string, List<(long Time, string Line)>> Query(string selector, DateTime from, DateTime to)
    {
        const int Most = 5000;
        var streams = new SortedDictionary<string, List<(long Time, string Line)>>(StringComparer.Ordinal);
        long start = NanosecondsOf(from);
        while (true)
        {
            using JsonDocument answer = JsonDocument.Parse(Get(string.Create(
                CultureInfo.InvariantCulture, $"loki/api/v1/query_range?query={Uri.EscapeDataString(selector)}&start={start}&end={NanosecondsOf(to)}&limit={Most}&direction=forward")));
            var page = new List<(string Stream, long Time, string Line)>();
            foreach (JsonElement stream in answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray())
            {
                string labels = string.Join(',', stream.GetProperty("stream").EnumerateObject().Where(static label => !label.Name.StartsWith("detected_", StringComparison.Ordinal) && label.Name != "service_name")
                    .OrderBy(static label => label.Name, StringComparer.Ordinal).Select(static label => $"{label.Name}={label.Value.GetString()}"));
                page.AddRange(stream.GetProperty("values").EnumerateArray().Select(value => (labels, long.Parse(value[0].GetString()!, CultureInfo.InvariantCulture), value[1].GetString()!)));
            }

            // A full page may have ended among entries of one time, so those are left to the next.
            long last = page.Count == 0 ? 0 : page.Max(static entry => entry.Time);
            bool isLast = page.Count < Most;
            foreach ((string stream, long time, string line) in page.Where(entry => isLast || entry.Time < last))
            {
                streams.TryAdd(stream, []);
                streams[stream].Add((time, line));
            }

            if (isLast)
            {
                return streams;
            }

            Assert.True(last > start, "more entries of one time than there are on a page");
            start = last;
        }
    }

    /// <summary>Returns the result of a LogQL query of numbers at a time.</summary>
    public double? Number(string query, DateTime time)
    {
        using JsonDocument answer = JsonDocument.Parse(Get(string.Create(CultureInfo.InvariantCulture, $"loki/api/v1/query?query={Uri.EscapeDataString(query)}&time={NanosecondsOf(time)}")));
        JsonElement result = answer.RootElement.GetProperty("data").GetProperty("result");
        return result.GetArrayLength() == 0 ? null : double.Parse(result[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        if (_process is { } process)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        _client.Dispose();
    }

    private static long NanosecondsOf(DateTime time) => (time - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Version VersionOf(string program)
    {
        const string Before = "version ";
        string output = Run(program, "-version").Output;
        string text = output[(output.IndexOf(Before, StringComparison.Ordinal) + Before.Length)..];
        return Version.Parse(text[..text.IndexOfAny([' ', ',', '-', '+', '\n'])].TrimStart('v'));
    }

    /// <summary>Passes a request on, and returns its answer; 503 if there is none.</summary>
    public (int Status, byte[] Body) Forward(Received request)
    {
        using var message = new HttpRequestMessage(new HttpMethod(request.Method), Address + request.Path) { Content = new ByteArrayContent(request.Body) };
        message.Content.Headers.ContentType = new("application/json");
        try
        {
            using HttpResponseMessage response = _client.Send(message);
            using var body = new MemoryStream();
            response.Content.ReadAsStream().CopyTo(body);
            return ((int)response.StatusCode, body.ToArray());
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return Receiver.Reply(503, "Loki does not answer");
        }
    }

    /// <summary>Returns what it answers, once it does: it reads what it had not stored first.</summary>
    public string Get(string path)
    {
        string answer = "";
        Assert.True(Eventually.Is(() =>
        {
            try
            {
                using HttpResponseMessage response = _client.Send(new HttpRequestMessage(HttpMethod.Get, $"{Address}/{path}"));
                using var reader = new StreamReader(response.Content.ReadAsStream());
                answer = reader.ReadToEnd();
                return response.StatusCode == HttpStatusCode.OK;
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
            {
                answer = exception.Message;
                return false;
            }
        }, TimeSpan.FromMinutes(3)), answer);
        return answer;
    }
}
