using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FastTrainLog.Shipping.Tests.Receivers;

/// <summary>An HTTP server on loopback over a socket of its own, so that it can break off anywhere.</summary>
internal sealed class Receiver : IDisposable
{
    private readonly Func<Received, (int Status, byte[] Body)> _handle;
    private readonly Func<int, Fault> _fault;
    private readonly Lock _gate = new();
    private readonly List<Socket> _clients = [];
    private TcpListener? _listener;
    private int _port;
    private int _requests;

    /// <param name="handle">Does a request; one at a time.</param>
    /// <param name="fault">Chooses what goes wrong with each request; null for nothing.</param>
    public Receiver(Func<Received, (int Status, byte[] Body)> handle, Func<int, Fault>? fault = null)
    {
        _handle = handle;
        _fault = fault ?? (static _ => Fault.None);
        Start();
    }

    public string Address => $"http://127.0.0.1:{_port}";

    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Gets or sets what answers in the place of the receiver, byte by byte; it returns whether it answered. The connection is closed then.</summary>
    public Func<Received, Stream, bool>? Raw { get; init; }

    /// <summary>Gets what each fault was met how often.</summary>
    public Dictionary<Fault, int> Met { get; } = [];

    public static (int Status, byte[] Body) Reply(int status, string body = "") => (status, Encoding.UTF8.GetBytes(body));

    public static HttpTargetOptions Options(Receiver receiver) => new(receiver.Address) { Timeout = TimeSpan.FromSeconds(20) };

    public void Start()
    {
        var listener = new TcpListener(IPAddress.Loopback, _port);
        listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Start();
        _port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _listener = listener;
        new Thread(() => Accept(listener)) { IsBackground = true }.Start();
    }

    /// <summary>Ends as a process that is killed: every connection is reset, whatever is in progress.</summary>
    public void Kill()
    {
        _listener!.Stop();
        lock (_gate)
        {
            _clients.ForEach(Reset);
            _clients.Clear();
        }
    }

    public void Dispose() => Kill();

    private static void Reset(Socket client)
    {
        try
        {
            client.LingerState = new LingerOption(true, 0);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Gone already.
        }

        client.Dispose();
    }

    private void Accept(TcpListener listener)
    {
        try
        {
            while (true)
            {
                Socket client = listener.AcceptSocket();
                lock (_gate)
                {
                    _clients.Add(client);
                }

                new Thread(() => Serve(client)) { IsBackground = true }.Start();
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private void Serve(Socket client)
    {
        try
        {
            using var stream = new BufferedStream(new NetworkStream(client));
            while (Read(stream) is { } request)
            {
                Fault fault;
                (int Status, byte[] Body) answer = (0, []);
                lock (_gate)
                {
                    fault = _fault(_requests++);
                    Met[fault] = Met.GetValueOrDefault(fault) + 1;
                    answer = fault switch
                    {
                        Fault.Reset => (0, []),
                        Fault.Failure => Reply(500, "out of order"),
                        Fault.Busy => Reply(503, "busy"),
                        _ => _handle(request),
                    };
                }

                if (fault is Fault.Reset or Fault.ResetAfterwards)
                {
                    Reset(client);
                    return;
                }

                if (Raw?.Invoke(request, stream) == true)
                {
                    stream.Flush();
                    return;
                }

                byte[] head = Encoding.ASCII.GetBytes($"HTTP/1.1 {answer.Status} X\r\nContent-Length: {answer.Body.Length}\r\n{(fault == Fault.Busy ? "Retry-After: 0\r\n" : "")}\r\n");
                byte[] whole = [.. head, .. answer.Body];
                if (fault == Fault.HalfAnswer)
                {
                    stream.Write(whole.AsSpan(0, head.Length / 2));
                    stream.Flush();
                    Reset(client);
                    return;
                }

                if (fault == Fault.Slow)
                {
                    foreach (byte[] piece in whole.Chunk(7))
                    {
                        stream.Write(piece);
                        stream.Flush();
                        Thread.Yield();
                    }
                }
                else
                {
                    stream.Write(whole);
                    stream.Flush();
                }
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or InvalidOperationException or NotSupportedException)
        {
            // The other side has gone, or this one was killed.
        }
        finally
        {
            client.Dispose();
        }
    }

    private static Received? Read(Stream stream)
    {
        if (ReadLine(stream) is not { Length: > 0 } first)
        {
            return null;
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (ReadLine(stream) is { Length: > 0 } line)
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        if (headers.ContainsKey("Expect"))
        {
            stream.Write("HTTP/1.1 100 Continue\r\n\r\n"u8);
            stream.Flush();
        }

        byte[] body = new byte[int.Parse(headers.GetValueOrDefault("Content-Length", "0"), CultureInfo.InvariantCulture)];
        stream.ReadExactly(body);
        if (headers.GetValueOrDefault("Content-Encoding") == "gzip")
        {
            using var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
            using var content = new MemoryStream();
            gzip.CopyTo(content);
            body = content.ToArray();
        }

        string[] words = first.Split(' ');
        return new Received(words[0], words[1], headers, body);
    }

    private static string? ReadLine(Stream stream)
    {
        var line = new StringBuilder();
        int read;
        while ((read = stream.ReadByte()) >= 0 && read != '\n')
        {
            line.Append((char)read);
        }

        return read < 0 ? null : line.ToString().TrimEnd('\r');
    }
}
