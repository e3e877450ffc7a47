using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FastTrainLog.Benchmarks.Shipping;

/// <summary>A server on loopback that takes every request over HTTP, reads it to its end and does nothing with it.</summary>
internal sealed class LoopbackSink : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public LoopbackSink()
    {
        _listener.Start();
        new Thread(Accept) { IsBackground = true, Name = "loopback sink" }.Start();
    }

    /// <summary>Gets its address.</summary>
    public string Address => $"http://{_listener.LocalEndpoint}";

    public void Dispose() => _listener.Dispose();

    private void Accept()
    {
        try
        {
            while (true)
            {
                TcpClient client = _listener.AcceptTcpClient();
                new Thread(() => Answer(client)) { IsBackground = true, Name = "loopback sink connection" }.Start();
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It was closed.
        }
    }

    private static void Answer(TcpClient client)
    {
        using (client)
        {
            try
            {
                Socket socket = client.Client;
                byte[] bytes = new byte[256 * 1024];
                int read = 0;
                while (true)
                {
                    int end;
                    while ((end = bytes.AsSpan(0, read).IndexOf("\r\n\r\n"u8)) < 0)
                    {
                        if (socket.Receive(bytes.AsSpan(read)) is not (> 0 and var more))
                        {
                            return;
                        }

                        read += more;
                    }

                    int head = end + 4;
                    long left = LengthOf(Encoding.ASCII.GetString(bytes, 0, end)) - (read - head);
                    while (left > 0 && socket.Receive(bytes.AsSpan(0, (int)Math.Min(bytes.Length, left))) is > 0 and var body)
                    {
                        left -= body;
                    }

                    socket.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8);
                    read = 0;
                }
            }
            catch (SocketException)
            {
                // The client has ended.
            }
        }
    }

    private static long LengthOf(string head)
    {
        string line = head.Split("\r\n").FirstOrDefault(static line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
            ?? throw new InvalidDataException($"A request has no Content-Length: {head}");
        return long.Parse(line.AsSpan("Content-Length:".Length), System.Globalization.CultureInfo.InvariantCulture);
    }
}
