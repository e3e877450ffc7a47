using System.Diagnostics;
using System.Net;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Shipping.Tests.Receivers;

/// <summary>s3rver, as a process, behind a proxy that fails as it is told and honours <c>If-None-Match</c>, which s3rver does not for an object that is put.</summary>
internal sealed class S3Server : IDisposable
{
    public const string Bucket = "training";

    private readonly Process _process;
    private readonly HttpClient _client = new();
    private readonly Receiver _proxy;
    private readonly string _upstream;
    private readonly string _directory;

    private S3Server(string program, string directory, Func<int, Fault>? fault)
    {
        _directory = directory;
        _process = Process.Start(new ProcessStartInfo("node", [program, "-d", directory, "-a", "127.0.0.1", "-p", "0", "--configure-bucket", Bucket]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
        const string Listening = "listening on ";
        string? line;
        while ((line = _process.StandardOutput.ReadLine()) is not null && !line.Contains(Listening, StringComparison.Ordinal))
        {
        }

        Assert.NotNull(line);
        _upstream = $"http://{line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Trim()}";
        // So that it never waits for somebody who reads what it prints.
        new Thread(() => _process.StandardOutput.ReadToEnd()) { IsBackground = true }.Start();
        _proxy = new Receiver(Forward, fault);
    }

    /// <summary>Gets how often each fault was met.</summary>
    public IReadOnlyDictionary<Fault, int> Met => _proxy.Met;

    /// <summary>Starts it; skips the test where it is not installed.</summary>
    public static S3Server StartOrSkip(string directory, Func<int, Fault>? fault = null)
    {
        string program = Path.Combine(Repository.Root, "tests/FastTrainLog.Shipping.Tests/S3Server/node_modules/s3rver/bin/s3rver.js");
        Assert.SkipUnless(File.Exists(program), "s3rver is not installed: it needs Node 20 or later with npm when the tests are built");
        return new S3Server(program, directory, fault);
    }

    /// <summary>Returns the options of a place; directly at the server if that is asked for.</summary>
    public S3Options At(string place, bool direct = false) => new($"s3://{Bucket}/{place}")
    {
        Endpoint = direct ? _upstream : _proxy.Address,
        AccessKey = "S3RVER",
        Secret = ShipSecret.From(static () => "S3RVER"),
        Timeout = TimeSpan.FromSeconds(60),
    };

    /// <summary>Returns the file that an object's content is in.</summary>
    public string FileOf(string key) => Path.Combine(_directory, Bucket, $"{key}._S3rver_object");

    public void Dispose()
    {
        _proxy.Dispose();
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _client.Dispose();
    }

    private (int Status, byte[] Body) Forward(Received request)
    {
        if (request.Method == "PUT" && request.Headers.GetValueOrDefault("If-None-Match") == "*" && File.Exists(FileOf(Uri.UnescapeDataString(request.Path[(Bucket.Length + 2)..].Split('?')[0]))))
        {
            return Receiver.Reply(412, "<Error><Code>PreconditionFailed</Code><Message>At least one of the pre-conditions you specified did not hold</Message></Error>");
        }

        using var forwarded = new HttpRequestMessage(new HttpMethod(request.Method), _upstream + request.Path);
        if (request.Body.Length > 0 || request.Method == "PUT")
        {
            forwarded.Content = new ByteArrayContent(request.Body);
        }

        foreach ((string name, string value) in request.Headers.Where(static header => header.Key != "Expect"))
        {
            if (!forwarded.Headers.TryAddWithoutValidation(name, value))
            {
                forwarded.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using HttpResponseMessage response = _client.Send(forwarded);
        using var body = new MemoryStream();
        response.Content.ReadAsStream().CopyTo(body);
        return ((int)response.StatusCode, body.ToArray());
    }
}
