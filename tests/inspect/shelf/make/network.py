"""Captures and messages."""

import shutil

from tools import change, cut, file, module, path, read, run, write


PACKET = "000000 00 0e b6 00 00 02 00 0e b6 00 00 01 08 00 45 00\n000010 00 28 00 00 00 00 ff 01 37 d1 c0 00 02 01 c0 00\n"


def datagram():
    """A frame of Ethernet with a datagram of UDP."""
    ethernet, ip, datagram = module("dpkt.ethernet"), module("dpkt.ip"), module("dpkt.udp")
    payload = datagram.UDP(sport=1000, dport=53, data=b"hello")
    payload.ulen = len(payload)
    packet = ip.IP(src=bytes([10, 1, 1, 1]), dst=bytes([10, 2, 2, 2]), p=17, data=payload, id=0x1234)
    packet.len = len(packet)
    return bytes(ethernet.Ethernet(src=b"\2\0\0\0\0\1", dst=b"\2\0\0\0\0\2", type=0x800, data=packet))


def ethernet():
    write("a.eth", datagram())
    back = module("dpkt.ethernet").Ethernet(read("a.eth"))
    return [file("a.eth", {"source": "02:00:00:00:00:01", "ipv4.source": "10.1.1.1", "ipv4.checksum": back.data.sum,
                           "ipv4.payload.udp.destination_port": 53, "ipv4.payload.udp.data": "hello"}, named=True)], [cut(30, "needs")]


def tls():
    import ssl

    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname="example.com")
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        pass
    hello = outgoing.read()
    write("a.tls", hello)
    return [file("a.tls", {"records[0].type": 22, "records[0].size": len(hello) - 5, "records[0].data.kind": 1,
                           "records[0].data.length": len(hello) - 9}, named=True)], [change(0, b"\x63", "no record of TLS"), cut(40, "needs")]


def pcap():
    for name, nano in (("a.pcap", False), ("ns.pcap", True)):
        with open(path(name), "wb") as out:
            writer = module("dpkt.pcap").Writer(out, nano=nano)
            writer.writepkt(datagram(), ts=1700000000.5)
    with open(path("a.pcap"), "rb") as stream:
        (seconds, packet), = module("dpkt.pcap").Reader(stream)
    files = [file("a.pcap", {"capture.link_type": 1, "capture.packets[0].captured": len(packet), "capture.packets[0].seconds": int(seconds),
                             "capture.major": 2}), file("ns.pcap", {"capture.packets[0].fraction": 500000000})]
    if shutil.which("text2pcap"):
        write("a.hex", PACKET.encode())
        run("text2pcap", "-q", "-F", "pcap", "a.hex", "b.pcap")
        files.append(file("b.pcap", {"capture.link_type": 1, "capture.packets[0].captured": 32}))
    return files, [cut(45, "needs")]


def pcapng():
    with open(path("a.pcapng"), "wb") as out:
        module("dpkt.pcapng").Writer(out).writepkt(datagram(), ts=1700000000.5)
    size = len(datagram())
    block = "sections[0].of.blocks[2].body"
    files = [file("a.pcapng", {"sections[0].of.blocks[0].body.major": 1, f"{block}.original": size, f"{block}.captured": size})]
    if shutil.which("text2pcap") and shutil.which("tshark"):
        write("a.hex", PACKET.encode())
        run("text2pcap", "-q", "-F", "pcapng", "a.hex", "b.pcapng")
        said = run("tshark", "-r", "b.pcapng", "-T", "fields", "-e", "frame.len", "-e", "frame.cap_len").split()
        files.append(file("b.pcapng", {f"{block}.original": int(said[0]), f"{block}.captured": int(said[1])}))
    return files, [cut(60, "needs"), change(8, b"\0", "magic of the byte order")]


def dns_tcp():
    query = module("dns.message").make_query("example.com", "A")
    answer = module("dns.message").make_query("example.org", "AAAA")
    write("a.tcp", query.to_wire(prepend_length=True) + answer.to_wire(prepend_length=True))
    return [file("a.tcp", {"messages[0].n": len(query.to_wire()), "messages[0].message.id": query.id, "messages[1].message.questions[0].type": 28,
                           "messages[1].message.questions[0].name.labels[0].text": "example"}, named=True)], [cut(20, "needs")]


def dns():
    message = module("dns.message")
    query = message.make_query("example.com", "MX")
    answer = message.make_response(query)
    rrset = module("dns.rrset")
    answer.answer.append(rrset.from_text("example.com.", 300, "IN", "MX", "10 mail.example.com."))
    answer.additional.append(rrset.from_text("mail.example.com.", 60, "IN", "A", "192.0.2.7"))
    write("a.dns", answer.to_wire())
    return [file("a.dns", {"id": answer.id, "flags.response": 1, "questions[0].type": 15, "answers[0].data.preference": 10,
                           "answers[0].ttl": 300, "answers[0].data.exchange.labels[0].text": "mail", "additional[0].data.address": "192.0.2.7"})], [
        change(12, b"\x80", "a label is at most 63")]
